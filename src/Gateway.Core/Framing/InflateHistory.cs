namespace Gateway.Core.Framing;

/// <summary>The last bytes of the messages of one connection, as many as the peer may refer to; it grows with what was said.</summary>
internal sealed class InflateHistory(int capacity)
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Add(ReadOnlySpan<byte> message)
    {
        if (message.Length > capacity)
            message = message[^capacity..];
        var kept = Math.Min(_length, capacity - message.Length);
        if (kept + message.Length > _bytes.Length)
            Grow(kept + message.Length);
        _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        message.CopyTo(_bytes.AsSpan(kept));
        _length = kept + message.Length;
    }

    private void Grow(int needed)
    {
        var grown = new byte[Math.Min(capacity, Math.Max(needed, 2 * _bytes.Length))];
        Bytes.CopyTo(grown);
        _bytes = grown;
    }
}
