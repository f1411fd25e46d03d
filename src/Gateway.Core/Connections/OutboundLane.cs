using System.Runtime.InteropServices;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Core.Connections;

/// <summary>One lane of an outbound queue: a ring of what leaves, in order.</summary>
/// <param name="capacity">A power of two, or 0.</param>
internal struct OutboundLane(int capacity)
{
    // Small answers of one connection stand together in one rented array: sixteen echoed messages of 125 bytes, or 1,000 empty pongs.
    private const int AppendBytes = 2048;

    private OutboundBytes[] _ring = capacity == 0 ? [] : new OutboundBytes[capacity];
    private int _head;

    /// <summary>Places taken.</summary>
    public int Count { get; private set; }

    public readonly int Capacity => _ring.Length;

    public readonly OutboundBytes First => _ring[_head];

    public void Add(OutboundFrame frame, MemoryAccount account)
    {
        if (OutboundFrame.Hold(frame.Array))
            account.Add(frame.Array.Length);
        Add(new OutboundBytes(frame.Array, frame.Length, isMessage: frame is { IsControl: false, IsRaw: false }, isRented: false));
    }

    /// <summary>Encodes a frame behind the last one, if that is rented too and leaves room. Returns its length.</summary>
    public int Append(Opcode opcode, ReadOnlySpan<byte> payload, BufferPool buffers)
    {
        var header = new FrameHeader(fin: true, rsv: 0, opcode, payload.Length);
        var length = FrameHeader.SizeOf(payload.Length, masked: false) + payload.Length;
        if (Count == 0 || !Last.IsRented || Last.Length + length > AppendBytes)
            Add(new OutboundBytes(buffers.Rent(Math.Max(length, AppendBytes)), length: 0, isMessage: !opcode.IsControl(), isRented: true));
        ref var last = ref Last;
        var free = last.Array.AsSpan(last.Length);
        payload.CopyTo(free[header.Write(free)..]);
        last.Length += length;
        last.Frames++;
        return length;
    }

    public void RemoveFirst()
    {
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
    }

    public readonly int CountFrames() => Sum(static bytes => bytes.Frames);

    public readonly int CountMessages() => Sum(static bytes => bytes.IsMessage ? bytes.Frames : 0);

    public void Clear(BufferPool buffers)
    {
        while (Count > 0)
        {
            First.LetGo(buffers);
            RemoveFirst();
        }

        _head = 0;
    }

    private readonly ref OutboundBytes Last => ref _ring[(_head + Count - 1) & (_ring.Length - 1)];

    private void Add(OutboundBytes bytes)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_head + Count) & (_ring.Length - 1)] = bytes;
        Count++;
    }

    private readonly int Sum(Func<OutboundBytes, int> part)
    {
        var sum = 0;
        for (var i = 0; i < Count; i++)
            sum += part(_ring[(_head + i) & (_ring.Length - 1)]);
        return sum;
    }

    private void Grow()
    {
        var larger = new OutboundBytes[Math.Max(4, _ring.Length * 2)];
        var tail = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, tail);
        Array.Copy(_ring, 0, larger, tail, _head);
        _ring = larger;
        _head = 0;
    }
}

/// <summary>Whole frames: a shared one, or the connection's own in a rented array.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct OutboundBytes(byte[] array, int length, bool isMessage, bool isRented)
{
    /// <summary>Longer than <see cref="Length"/> when it is rented.</summary>
    public readonly byte[] Array = array;

    public readonly bool IsMessage = isMessage;

    public readonly bool IsRented = isRented;

    public int Length = length;

    public ushort Frames = isRented ? (ushort)0 : (ushort)1;

    public readonly ReadOnlySpan<byte> Span => Array.AsSpan(Offset, Length);

    private readonly int Offset => IsRented ? 0 : OutboundFrame.Prefix;

    /// <summary>What is left behind so many bytes.</summary>
    public readonly ReadOnlyMemory<byte> From(int sent) => Array.AsMemory(Offset + sent, Length - sent);

    /// <summary>It has left, or will not.</summary>
    public readonly void LetGo(BufferPool buffers)
    {
        if (IsRented)
            buffers.Return(Array);
        else if (OutboundFrame.LetGo(Array))
            buffers.Account.Add(-Array.Length);
    }
}
