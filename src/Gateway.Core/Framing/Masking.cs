using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Framing;

/// <summary>RFC 6455 §5.3: byte i of a payload is combined with byte i mod 4 of the key by exclusive or, in both directions.</summary>
internal static class Masking
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="data">The payload, or a piece of it.</param>
    /// <param name="key">The key in memory order, rotated to the piece's first byte.</param>
    public static void Apply(Span<byte> data, uint key) =>
        Apply(ref MemoryMarshal.GetReference(data), ref MemoryMarshal.GetReference(data), data.Length, key);

    /// <summary>Masks or unmasks while copying. The spans are apart or the same; the destination may be longer.</summary>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length);
        Apply(ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(destination), source.Length, key);
    }

    /// <summary>The key for a payload's rest after <paramref name="bytes"/> of it have been masked.</summary>
    public static uint Rotate(uint key, int bytes) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, 8 * (bytes & 3)) : BitOperations.RotateLeft(key, 8 * (bytes & 3));

    // References and widths, since the bounds are checked once above; every width but the last is a multiple of the key's four bytes, so
    // that the key never turns.
    private static void Apply(ref byte source, ref byte destination, int length, uint key)
    {
        nuint at = 0;
        var left = length;
        if (Vector512.IsHardwareAccelerated && left >= Vector512<byte>.Count)
        {
            var wide = Vector512.Create(key).AsByte();
            for (; left >= Vector512<byte>.Count; left -= Vector512<byte>.Count, at += (nuint)Vector512<byte>.Count)
                (Vector512.LoadUnsafe(ref source, at) ^ wide).StoreUnsafe(ref destination, at);
        }

        if (Vector256.IsHardwareAccelerated && left >= Vector256<byte>.Count)
        {
            var wide = Vector256.Create(key).AsByte();
            for (; left >= Vector256<byte>.Count; left -= Vector256<byte>.Count, at += (nuint)Vector256<byte>.Count)
                (Vector256.LoadUnsafe(ref source, at) ^ wide).StoreUnsafe(ref destination, at);
        }

        if (Vector128.IsHardwareAccelerated && left >= Vector128<byte>.Count)
        {
            var wide = Vector128.Create(key).AsByte();
            for (; left >= Vector128<byte>.Count; left -= Vector128<byte>.Count, at += (nuint)Vector128<byte>.Count)
                (Vector128.LoadUnsafe(ref source, at) ^ wide).StoreUnsafe(ref destination, at);
        }

        for (; left >= sizeof(uint); left -= sizeof(uint), at += sizeof(uint))
        {
            var four = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, at));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, at), four ^ key);
        }

        for (; left > 0; left--, at++)
        {
            Unsafe.Add(ref destination, at) = (byte)(Unsafe.Add(ref source, at) ^ FirstByte(key));
            key = Rotate(key, 1);
        }
    }

    private static byte FirstByte(uint key) => BitConverter.IsLittleEndian ? (byte)key : (byte)(key >> 24);
}
