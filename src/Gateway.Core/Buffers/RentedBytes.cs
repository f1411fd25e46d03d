using System.Runtime.CompilerServices;

namespace Gateway.Core.Buffers;

/// <summary>
/// What <see cref="BufferPool"/> has lent for a client's message: an array, or from <see cref="MappedShelves.LeastBytes"/> on memory outside of the
/// collector's heap. The default is none, of no length. One reference, so that a connection at rest owns no more for it.
/// </summary>
internal readonly struct RentedBytes
{
    private readonly object? _memory;

    public RentedBytes(byte[] array) => _memory = array;

    public RentedBytes(MappedBytes mapped) => _memory = mapped;

    public bool IsNone => _memory is null;

    public int Length => _memory switch
    {
        null => 0,
        byte[] array => array.Length,
        _ => Unsafe.As<MappedBytes>(_memory).Length,
    };

    /// <summary>The array; null: it is none.</summary>
    public byte[]? Array => _memory as byte[];

    /// <summary>The memory outside of the collector's heap; null: it is none.</summary>
    public MappedBytes? Mapped => _memory as MappedBytes;

    public Span<byte> AsSpan() => _memory switch
    {
        null => [],
        byte[] array => array,
        _ => Unsafe.As<MappedBytes>(_memory).Span,
    };

    public Span<byte> AsSpan(int start) => AsSpan()[start..];

    public Span<byte> AsSpan(int start, int length) => AsSpan().Slice(start, length);
}
