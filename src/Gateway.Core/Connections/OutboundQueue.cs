using System.Diagnostics;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;

namespace Gateway.Core.Connections;

/// <summary>
/// What waits for one client: frames in order, and a lane of their own for control frames, which overtake at frame boundaries so that
/// a full queue never starves a pong. Guarded by its connection's lock; rented while something waits.
/// </summary>
internal sealed partial class OutboundQueue
{
    /// <summary>
    /// Up to 4 KiB it is faster to copy frames together, above it to send them as they are: measured with 16 frames, where copying won
    /// 1.4 to 2.2 times up to 1 KiB and broke even at 4 KiB.
    /// </summary>
    public const int MaxCorkedFrame = 4096;

    private const int OwnBytes = 136; // the object; a test compares

    private OutboundLane _data = new(8);
    private OutboundLane _control = new(0); // most queues never hold one
    private OutboundBytes _large; // leaves in pieces; default: none does
    private int _largeSent;

    /// <summary>Where answers are encoded; whoever rents the queue sets it.</summary>
    public BufferPool Buffers { get; set; } = null!;

    /// <summary>Bytes in the data lane and of the large frame that is leaving.</summary>
    public long DataBytes { get; private set; }

    public long ControlBytes { get; private set; }

    public bool IsEmpty => !IsLargeLeaving && _data.Count == 0 && _control.Count == 0;

    /// <summary>Frames waiting, the one that is leaving included.</summary>
    public int Count => _data.CountFrames() + _control.CountFrames() + (IsLargeLeaving ? 1 : 0);

    /// <summary>Whether it is small enough to be kept for another connection.</summary>
    public bool IsWorthKeeping => _data.Capacity <= 128 && _control.Capacity <= 128;

    /// <summary>What it takes since it was cleared: some 300 bytes, unless its rings have grown.</summary>
    public int KeptBytes { get; private set; }

    public void Add(OutboundFrame frame)
    {
        DataBytes += frame.Length; // first: whom the account alarms looks for it
        _data.Add(frame, Buffers.Account);
    }

    public void AddControl(OutboundFrame frame)
    {
        _control.Add(frame, Buffers.Account);
        ControlBytes += frame.Length;
    }

    /// <summary>Encodes a frame for this connection alone, in memory that the queue rents and returns.</summary>
    public void Add(Opcode opcode, ReadOnlySpan<byte> payload) => DataBytes += _data.Append(opcode, payload, Buffers);

    /// <inheritdoc cref="Add(Opcode, ReadOnlySpan{byte})"/>
    public void AddControl(Opcode opcode, ReadOnlySpan<byte> payload) => ControlBytes += _control.Append(opcode, payload, Buffers);

    /// <summary>Drops the data that has not begun to leave. Returns the messages dropped: a close frame is none.</summary>
    public int DropData()
    {
        var dropped = _data.CountMessages();
        _data.Clear(Buffers);
        _waiting = null;
        DataBytes = IsLargeLeaving ? _large.Length - _largeSent : 0;
        return dropped;
    }

    public void Clear()
    {
        _data.Clear(Buffers);
        _control.Clear(Buffers);
        ClearBehind();
        // A thread may be reading it for a send at this moment, outside the lock: nobody else may write into its array.
        if (_large.IsRented)
            Buffers.Abandon(_large.Array);
        else if (IsLargeLeaving)
            _large.LetGo(Buffers);
        _large = default;
        _largeSent = 0;
        DataBytes = ControlBytes = 0;
        KeptBytes = OwnBytes + _data.RingBytes + _control.RingBytes;
    }

    /// <summary>
    /// Takes what leaves next. Small frames are copied into <paramref name="cork"/> and are done with; a large one stays and is returned
    /// as <paramref name="large"/>, what is left of it, until <see cref="AdvanceLarge"/> has counted it all.
    /// </summary>
    /// <returns>Bytes corked; 0 when <paramref name="large"/> leaves.</returns>
    public int Next(Span<byte> cork, out ReadOnlyMemory<byte> large, out int frames)
    {
        frames = 0;
        large = default;
        var length = 0;
        while (!IsLargeLeaving && TryPeek(out var next, out var isControl))
        {
            var isLarge = next.Length > MaxCorkedFrame;
            if (length > 0 && (isLarge || length + next.Length > cork.Length))
                return length;
            Take(isControl);
            frames += next.Frames;
            if (isLarge)
            {
                _large = next;
                _largeSent = 0;
                break;
            }

            next.Span.CopyTo(cork[length..]);
            length += next.Length;
            if (isControl)
                ControlBytes -= next.Length;
            else
                DataBytes -= next.Length;
            next.LetGo(Buffers);
        }

        if (IsLargeLeaving)
            large = _large.From(_largeSent);
        return length;
    }

    /// <summary>Counts bytes of the large frame that have left.</summary>
    public void AdvanceLarge(int sent)
    {
        Debug.Assert(IsLargeLeaving, "Only a large frame leaves in pieces.");
        _largeSent += sent;
        DataBytes -= sent;
        if (_largeSent < _large.Length)
            return;
        _large.LetGo(Buffers);
        _large = default;
    }

    private bool IsLargeLeaving => _large.Array is not null;

    private bool TryPeek(out OutboundBytes next, out bool isControl)
    {
        isControl = _control.Count > 0;
        ref var lane = ref isControl ? ref _control : ref _data;
        next = lane.Count > 0 ? lane.First : default;
        return lane.Count > 0;
    }

    private void Take(bool isControl)
    {
        if (isControl)
            _control.RemoveFirst();
        else
            _data.RemoveFirst();
    }
}
