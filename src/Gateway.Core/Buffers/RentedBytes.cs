using System.Runtime.CompilerServices;

namespace Gateway.Core.Buffers;

/// <summary>
/// What <see cref="BufferPool"/> has lent for a client's message: an array, or from <see cref="MappedShelves.LeastBytes"/> on memory outside of the
/// collector's heap. The default is none, of no length. One reference, so that a connection at rest owns no more for it.
/// </summary>
internal readonly struct RentedBytes
{
    /// <param name="memory">A byte[], a <see cref="MappedBytes"/>, or null.</param>
    public RentedBytes(object? memory) => Memory = memory;

    /// <summary>What <see cref="RentedBytes(object?)"/> makes the same of.</summary>
    public object? Memory { get; }

    public bool IsNone => Memory is null;

    public int Length => Memory switch
    {
        null => 0,
        byte[] array => array.Length,
        _ => Unsafe.As<MappedBytes>(Memory).Length,
    };

    /// <summary>The array; null: it is none.</summary>
    public byte[]? Array => Memory as byte[];

    /// <summary>The memory outside of the collector's heap; null: it is none.</summary>
    public MappedBytes? Mapped => Memory as MappedBytes;

    public Span<byte> AsSpan() => Memory switch
    {
        null => [],
        byte[] array => array,
        _ => Unsafe.As<MappedBytes>(Memory).Span,
    };

    public Span<byte> AsSpan(int start) => AsSpan()[start..];

    public Span<byte> AsSpan(int start, int length) => AsSpan().Slice(start, length);
}
