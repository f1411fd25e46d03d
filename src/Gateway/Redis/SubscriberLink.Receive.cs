namespace Gateway.Redis;

/// <summary>The reader: one pass over the receive buffer, no copy and no allocation a message.</summary>
internal sealed partial class SubscriberLink
{
    /// <summary>Some hundreds of messages a system call. The buffer grows to what one larger message needs, which the receiver bounds.</summary>
    private const int ReceiveBytes = 64 * 1024;

    private byte[] _buffer = new byte[ReceiveBytes];
    private int _start; // of what is received and not read
    private int _end;
    private long _skip; // bytes of a message too large to take that have not arrived

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var receive = _stream.ReadAsync(_buffer.AsMemory(_end));
                int received;
                if (receive.IsCompletedSuccessfully)
                {
                    received = receive.Result;
                }
                else
                {
                    received = await receive;
                    await LeaveSocketThread();
                }

                if (received == 0)
                {
                    Abort("Redis closed the connection");
                    return;
                }

                Volatile.Write(ref _lastReceived, _time.GetTimestamp());
                _end += received;
                ReadFrames();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Abort("reading failed: " + e.Message);
        }
        catch (Exception e)
        {
            // RESPite throws several kinds for bytes that are not RESP. Nothing can be trusted after them.
            Abort("Redis sent what is not RESP: " + e.Message);
        }
    }

    private void ReadFrames()
    {
        while (_start < _end)
        {
            if (_skip > 0)
            {
                Skip();
                continue;
            }

            var frame = RespFrame.Read(_buffer.AsSpan(_start, _end - _start));
            if (frame.Kind == RespFrameKind.Incomplete)
            {
                if (TryWaitFor(frame))
                    return;
                continue;
            }

            Take(frame);
            _start += (int)frame.Length;
        }

        _start = _end = 0;
    }

    private void Take(RespFrame frame)
    {
        if (frame.Kind != RespFrameKind.Message)
        {
            Answer(frame.Error);
            return;
        }

        if (frame.PayloadLength > _receiver.MaxPayload(frame.Key))
            _receiver.OnTooLarge(frame.Key, frame.PayloadLength);
        else
            _receiver.OnMessage(frame.Key, frame.Payload);
    }

    private void Answer(string? error)
    {
        if (_unanswered.TryDequeue(out var command))
            command.OnReply(error);
        else
            throw new InvalidDataException(error is null ? "an answer to nothing" : $"unasked: {error}");
    }

    /// <summary>Makes room for the rest of a frame; false when it is one to skip.</summary>
    private bool TryWaitFor(RespFrame frame)
    {
        var needed = frame.Length;
        if (!frame.Key.IsEmpty && frame.PayloadLength > _receiver.MaxPayload(frame.Key))
        {
            _receiver.OnTooLarge(frame.Key, frame.PayloadLength);
            _skip = needed;
            return false;
        }

        if (needed == 0 && _end - _start == _buffer.Length)
            throw new InvalidDataException($"a header of more than {_buffer.Length} bytes");
        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, checked((int)needed)); // kept: a channel with one large message has more
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        return true;
    }

    private void Skip()
    {
        var skipped = (int)Math.Min(_skip, _end - _start);
        _skip -= skipped;
        _start += skipped;
    }
}
