using System.Runtime.InteropServices;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class MaskingTests
{
    private static readonly byte[] KeyBytes = [0x37, 0xFA, 0x21, 0x3D];
    private static readonly uint Key = MemoryMarshal.Read<uint>(KeyBytes);

    [Fact]
    public void Apply_AtEveryLengthAndOffset_EqualsItsSlowTwin()
    {
        var random = ClientFrame.Bytes(400);
        for (var offset = 0; offset <= 16; offset++)
        {
            for (var length = 0; length <= 300; length++)
            {
                var expected = (byte[])random.Clone();
                Slow(expected.AsSpan(offset, length), KeyBytes);

                var inPlace = (byte[])random.Clone();
                Masking.Apply(inPlace.AsSpan(offset, length), Key);
                Assert.True(expected.AsSpan().SequenceEqual(inPlace), $"in place, offset {offset}, length {length}");

                var copied = (byte[])random.Clone();
                Masking.Apply(random.AsSpan(offset, length), copied.AsSpan(offset), Key);
                Assert.True(expected.AsSpan().SequenceEqual(copied), $"copying, offset {offset}, length {length}");
            }
        }
    }

    [Fact]
    public void Apply_InTwoPieces_EqualsTheWhole()
    {
        var random = ClientFrame.Bytes(200);
        var expected = (byte[])random.Clone();
        Slow(expected, KeyBytes);
        for (var cut = 0; cut <= random.Length; cut++)
        {
            var pieces = (byte[])random.Clone();
            Masking.Apply(pieces.AsSpan(0, cut), Key);
            Masking.Apply(pieces.AsSpan(cut), Masking.Rotate(Key, cut));
            Assert.Equal(expected, pieces);
        }
    }

    [Fact]
    public void Rotate_ByAnyCount_IsRotateByOneSoOften()
    {
        var key = Key;
        for (var count = 0; count <= 9; count++)
        {
            Assert.Equal(key, Masking.Rotate(Key, count));
            key = Masking.Rotate(key, 1);
        }

        Assert.Equal(Masking.Rotate(Key, 3), Masking.Rotate(Key, int.MaxValue));
    }

    [Fact]
    public void Apply_ToAShorterDestination_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Masking.Apply(new byte[5], new byte[4], Key));

    private static void Slow(Span<byte> data, ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < data.Length; i++)
            data[i] ^= key[i % 4];
    }
}
