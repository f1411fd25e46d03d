using System.Runtime.CompilerServices;
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
    private int _holes; // places of frames that were removed before it was their turn; never the first

    /// <summary>Places taken.</summary>
    public int Count { get; private set; }

    /// <summary>The first place's number: places are numbered as frames come, and keep their number. It wraps.</summary>
    public int FirstNumber { get; private set; }

    public readonly int LastNumber => FirstNumber + Count - 1;

    public readonly int Capacity => _ring.Length;

    /// <summary>On the heap.</summary>
    public readonly int RingBytes => _ring.Length == 0 ? 0 : 24 + (_ring.Length * Unsafe.SizeOf<OutboundBytes>());

    public readonly OutboundBytes First => _ring[_head];

    public void Add(OutboundFrame frame, MemoryAccount account) => Add(Held(frame, account));

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
        RemoveHead();
        if (_holes > 0)
            RemoveHoles();
    }

    /// <summary>Takes a frame out before it is its turn; its place stays, empty.</summary>
    public void Remove(int number, BufferPool buffers)
    {
        ref var place = ref At(number);
        place.LetGo(buffers);
        place = default;
        _holes++;
        RemoveHoles();
    }

    /// <summary>Puts another frame in the place of one.</summary>
    public readonly void Replace(int number, OutboundFrame frame, BufferPool buffers)
    {
        ref var place = ref At(number);
        var stale = place;
        place = Held(frame, buffers.Account);
        stale.LetGo(buffers);
    }

    /// <summary>Whether it would grow for the sake of places that are mostly empty.</summary>
    public readonly bool IsWorthCompacting => Count == _ring.Length && _holes >= Count / 2 && _holes > 0;

    /// <summary>Moves what waits together. The new number of each place stands at the old one's distance from <see cref="FirstNumber"/>.</summary>
    public void Compact(Span<int> numbers)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            numbers[i] = FirstNumber + kept;
            ref var place = ref At(FirstNumber + i);
            if (place.Array is null)
                continue;
            var bytes = place;
            place = default;
            At(FirstNumber + kept++) = bytes;
        }

        (Count, _holes) = (kept, 0);
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

    private readonly ref OutboundBytes At(int number) => ref _ring[(_head + number - FirstNumber) & (_ring.Length - 1)];

    private static OutboundBytes Held(OutboundFrame frame, MemoryAccount account)
    {
        if (OutboundFrame.Hold(frame.Array))
            account.Add(frame.Array.Length);
        return new OutboundBytes(frame.Array, frame.Length, isMessage: frame is { IsControl: false, IsRaw: false }, isRented: false);
    }

    private void RemoveHead()
    {
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        FirstNumber++;
        Count--;
    }

    private void RemoveHoles()
    {
        for (; Count > 0 && First.Array is null; _holes--)
            RemoveHead();
    }

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
