using System.Security.Authentication;

namespace Gateway.Core.Transport.Tls;

/// <content>The buffer: what has come is kept in it, and whole records are found in it and handed over. The gate is held by whoever calls.</content>
internal sealed partial class CipherStream
{
    private static IOException BadRecord() => new("Bytes that are no record of TLS.", new AuthenticationException());

    private bool IsReadable => _whole > _start || _isEnded || (Alert != 0 && !_isDropped);

    private int Held => _end - _start;

    /// <summary>False: the account has no room.</summary>
    private bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (_received is null || _received.Length - _end < bytes.Length)
        {
            var needed = Held + bytes.Length;
            // Moved to the front only where that makes room for as much again: what comes byte by byte is not copied byte by byte.
            if (_received is not null && needed <= _received.Length && _start >= Held)
            {
                MoveTo(_received);
            }
            else if (_isReading && MakesWhole(bytes))
            {
                // It is read within this call: as many are on their way as there are threads. What is left of it asks afterwards.
                Replace(context.Buffers.Rent(needed));
                _isAsked = false;
            }
            else if (context.Buffers.TryRent(needed, out var larger))
            {
                Replace(larger);
                _isAsked = true;
            }
            else
            {
                return false;
            }
        }

        bytes.CopyTo(_received.AsSpan(_end));
        _end += bytes.Length;
        return true;
    }

    /// <summary>Whether the record at the end is whole with these bytes.</summary>
    private bool MakesWhole(ReadOnlySpan<byte> bytes)
    {
        var part = _received.AsSpan(_whole, _end - _whole);
        if (part.IsEmpty)
            return bytes.Length >= TlsRecord.HeaderBytes && bytes.Length >= TlsRecord.Length(bytes);
        return part.Length >= TlsRecord.HeaderBytes && part.Length + bytes.Length >= TlsRecord.Length(part);
    }

    private void FindRecords()
    {
        while (_end - _whole >= TlsRecord.HeaderBytes)
        {
            var record = _received.AsSpan(_whole, _end - _whole);
            if ((Alert = TlsRecord.Judge(record)) != 0)
            {
                _end = _whole;
                if (Held == 0)
                    ReturnReceived();
                return;
            }

            var length = TlsRecord.Length(record);
            if (length > record.Length)
                return;
            _whole += length;
        }
    }

    /// <summary>False: what came is no record.</summary>
    private bool TryTake(Span<byte> destination, out int count)
    {
        count = 0;
        if (_whole == _start && Alert != 0 && !_isDropped)
            return false;
        if (destination.IsEmpty)
            return true;
        // The end within a record: the reader is to see that it is cut.
        count = _whole == _start ? Math.Min(destination.Length, Held) : CountRecords(destination.Length);
        _received.AsSpan(_start, count).CopyTo(destination);
        _hasTaken |= count > 0;
        _start += count;
        if (_start > _whole)
            _whole = _start;
        if (Held == 0)
            ReturnReceived();
        return true;
    }

    /// <summary>
    /// How much is handed over: whole records of data together, up to what SslStream decrypts in one read, and any other alone. It has nothing
    /// left then when the receive chain goes on, and so gives its buffer back.
    /// </summary>
    private int CountRecords(int room)
    {
        room = Math.Min(room, LibraryBytes);
        var count = 0;
        if (_rest > 0)
        {
            count = Math.Min(room, _rest);
            _rest -= count;
            return count;
        }

        while (_start + count < _whole)
        {
            var record = _received.AsSpan(_start + count);
            var (length, isData) = (TlsRecord.Length(record), record[0] == TlsRecord.ApplicationData);
            if (count > 0 && (!isData || count + length > room))
                break;
            if (length > room)
            {
                _rest = length - room;
                return room;
            }

            count += length;
            if (!isData)
                break;
        }

        return count;
    }

    /// <summary>Asks for what a record that was read left behind, in a buffer of its size. False: there is no room.</summary>
    private bool TryKeep()
    {
        if (_received is null || _isAsked)
            return true;
        if (Held > _received.Length / 2)
            return _isAsked = context.Buffers.Account.TryAdd(0);
        if (!context.Buffers.TryRent(Held, out var smaller))
            return false;
        Replace(smaller);
        return _isAsked = true;
    }

    private void Replace(byte[] buffer)
    {
        var former = _received;
        MoveTo(buffer);
        if (former is not null)
            context.Buffers.Return(former);
    }

    private void MoveTo(byte[] buffer)
    {
        _received.AsSpan(_start, Held).CopyTo(buffer);
        (_received, _start, _whole, _end) = (buffer, 0, _whole - _start, Held);
    }

    private void ReturnReceived()
    {
        _rest = 0;
        _start = _whole = _end = 0;
        _isAsked = true;
        if (_received is null)
            return;
        context.Buffers.Return(_received);
        _received = null;
    }

    private void LetGoOfLibrary()
    {
        if (_library == 0)
            return;
        context.Buffers.Account.Add(-_library);
        _library = 0;
    }
}
