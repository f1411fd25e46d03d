using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>
/// A stream without a socket: it counts and keeps what the connection sends, takes as much of it as a test says, and brings in what a
/// test lets the client say.
/// </summary>
internal sealed class RecordingTransport : ITransport
{
    private readonly Lock _gate = new();
    private readonly List<byte> _sent = [];
    private byte[] _unread = [];
    private ReadOnlyMemory<byte> _remainder;
    private BlockPool.Block? _remainderOwner;
    private bool _isPaused;
    private bool _isResumed;
    private bool _isClosed;

    public ITransportHandler Handler { get; set; } = null!;

    /// <summary>How many of so many bytes the kernel takes now; null: all.</summary>
    public Func<int, int>? Takes { get; set; }

    /// <summary>Keeps the bytes. Off, nothing is allocated.</summary>
    public bool Keeps { get; set; } = true;

    public int Sends { get; private set; }

    public long BytesSent { get; private set; }

    public bool HasRemainder => !_remainder.IsEmpty;

    public bool IsShutdown { get; private set; }

    public bool IsClosed => Volatile.Read(ref _isClosed);

    public EndPoint? RemoteEndPoint { get; init; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint? LocalEndPoint => new IPEndPoint(IPAddress.Loopback, 2);

    /// <summary>What the kernel is to say; null: nothing.</summary>
    public KernelState? KernelState { get; set; }

    public long UnconsumedBytes { get; set; }

    public KernelState? ReadKernelState() => KernelState;

    public byte[] Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    /// <summary>What came after the response's head, one text a frame; a close frame as <c>close:</c> and its code.</summary>
    public IReadOnlyList<string> Messages =>
    [
        .. Frames.Select(frame => frame.Opcode == Opcode.Close
            ? $"close:{(frame.Payload[0] << 8) | frame.Payload[1]}"
            : Encoding.UTF8.GetString(frame.Payload)),
    ];

    public IReadOnlyList<(Opcode Opcode, byte[] Payload)> Frames => Decode(Sent);

    public void Forget()
    {
        lock (_gate)
            _sent.Clear();
        Sends = 0;
        BytesSent = 0;
    }

    /// <summary>The client says something.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _unread = [.. _unread, .. bytes];
        if (!_isPaused)
            Present();
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
            return -1;
        Assert.True(_remainder.IsEmpty, "A send beside a pending one.");
        var taken = Takes?.Invoke(bytes.Length) ?? bytes.Length;
        Sends++;
        Keep(bytes[..taken]);
        return taken;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (IsClosed)
        {
            owner?.Return();
            return true;
        }

        Assert.True(_remainder.IsEmpty, "Two remainders at once.");
        (_remainder, _remainderOwner) = (bytes, owner);
        return true;
    }

    /// <summary>The peer takes what is pending.</summary>
    public void TakeRemainder()
    {
        Keep(_remainder.Span);
        ReturnRemainder();
        Handler.OnSent();
    }

    public void Resume()
    {
        lock (_gate)
        {
            if (!_isPaused)
            {
                _isResumed = true;
                return;
            }

            _isPaused = false;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static transport => transport.Present(), this, preferLocal: false);
    }

    public void Shutdown() => IsShutdown = true;

    public void Abort() => Fail(SocketError.Success);

    /// <summary>The kernel says that the stream is gone.</summary>
    public void Fail(SocketError error)
    {
        if (Interlocked.Exchange(ref _isClosed, true))
            return;
        ReturnRemainder();
        Handler.OnClosed(error);
    }

    private static List<(Opcode, byte[])> Decode(ReadOnlySpan<byte> bytes)
    {
        var frames = new List<(Opcode, byte[])>();
        if (bytes.StartsWith("HTTP/1.1 "u8))
            bytes = bytes[(bytes.IndexOf("\r\n\r\n"u8) + 4)..];
        while (FrameHeader.TryDecode(bytes, out var header, out var size) && bytes.Length >= size + header.PayloadLength)
        {
            var payload = bytes.Slice(size, (int)header.PayloadLength);
            frames.Add((header.Opcode, payload.ToArray()));
            bytes = bytes[(size + payload.Length)..];
        }

        Assert.True(bytes.IsEmpty, "A frame is not complete.");
        return frames;
    }

    private void Present()
    {
        while (_unread.Length > 0)
        {
            var bytes = _unread;
            var result = Handler.OnReceived(bytes);
            _unread = bytes[result.Consumed..];
            if (result.Action == ReceiveAction.Pause && IsPausing())
                return;
            if (result is { Consumed: 0, Action: ReceiveAction.Continue })
                return;
        }
    }

    private bool IsPausing()
    {
        lock (_gate)
        {
            _isPaused = !_isResumed;
            _isResumed = false;
            return _isPaused;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        BytesSent += bytes.Length;
        if (!Keeps)
            return;
        lock (_gate)
            _sent.AddRange(bytes);
    }

    private void ReturnRemainder()
    {
        _remainder = default;
        Interlocked.Exchange(ref _remainderOwner, null)?.Return();
    }
}
