using System.Buffers.Text;
using System.Net;
using Gateway.Load.Client;

namespace Gateway.Load.Publishing;

/// <summary>
/// A backend: one connection on which publications are pipelined, so that they keep their order and a burst of them leaves in one write.
/// </summary>
internal abstract class Publisher : IPolled, IDisposable
{
    // A server that takes nothing any more would otherwise fill this process's memory.
    private const int MaxWaiting = 256 * 1024 * 1024;

    private readonly Loop _loop;
    private readonly ulong _token;
    private readonly int _fd;
    private readonly byte[] _received = new byte[64 * 1024];
    private byte[] _waiting = new byte[64 * 1024];
    private int _sent;
    private int _length;
    private int _held;
    private bool _isFull;
    private bool _isClosed;

    protected Publisher(Loop loop, IPEndPoint target)
    {
        _loop = loop;
        _token = loop.Register(this);
        _fd = RawSocket.Connect(target);
        _isFull = true; // until it is connected
        loop.Poller.Add(_fd, _token, Readiness.In | Readiness.Out);
    }

    /// <summary>Publications that the other side has answered.</summary>
    public long Answered { get; protected set; }

    /// <summary>Those of them that it refused.</summary>
    public long Refused { get; protected set; }

    /// <summary>What it answered when it refused one; null: it never has.</summary>
    public string? Refusal { get; protected set; }

    /// <summary>Queues a publication; <see cref="Flush"/> sends what is queued.</summary>
    public abstract void Publish(int channel, ReadOnlySpan<byte> payload);

    public void Flush()
    {
        if (_isFull || _isClosed || _sent == _length)
            return;
        _sent += Math.Max(0, RawSocket.Send(_fd, _waiting.AsSpan(_sent, _length - _sent)));
        if (_sent == _length)
        {
            _sent = _length = 0;
            return;
        }

        _isFull = true;
        _loop.Poller.Modify(_fd, _token, Readiness.In | Readiness.Out);
    }

    public void OnReady(int index, Readiness ready)
    {
        if (_isClosed)
            return;
        if ((ready & Readiness.Out) != 0)
        {
            _isFull = false;
            _loop.Poller.Modify(_fd, _token, Readiness.In);
            Flush();
        }

        if ((ready & ~Readiness.Out) != 0)
            Receive();
    }

    public void Dispose()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _ = Libc.Close(_fd);
    }

    protected void Append(ReadOnlySpan<byte> bytes)
    {
        if (_isClosed)
            return; // Refusal tells
        if (_waiting.Length - _length < bytes.Length)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_waiting.AsSpan(_length));
        _length += bytes.Length;
    }

    protected void AppendNumber(int number)
    {
        Span<byte> digits = stackalloc byte[11]; // of int.MinValue
        _ = Utf8Formatter.TryFormat(number, digits, out var length);
        Append(digits[..length]);
    }

    /// <summary>Reads answers; returns the bytes it is done with, the rest come again.</summary>
    protected abstract int ReadAnswers(ReadOnlySpan<byte> bytes);

    private void MakeRoom(int bytes)
    {
        var held = _length - _sent;
        if (held + bytes > MaxWaiting)
            throw new LoadException($"{held} bytes of publications wait: the server takes none.");
        var room = held + bytes <= _waiting.Length / 2 ? _waiting : new byte[(2 * _waiting.Length) + bytes];
        _waiting.AsSpan(_sent, held).CopyTo(room);
        (_waiting, _sent, _length) = (room, 0, held);
    }

    private void Receive()
    {
        var received = RawSocket.Receive(_fd, _received.AsSpan(_held));
        if (received == -1)
            return;
        if (received <= 0)
        {
            Refusal ??= "the publisher's connection was closed";
            Dispose();
            return;
        }

        var length = _held + received;
        var done = ReadAnswers(_received.AsSpan(0, length));
        _held = length - done;
        _received.AsSpan(done, _held).CopyTo(_received);
        if (_held == _received.Length)
            throw new LoadException("An answer to a publication is not understood.");
    }
}
