namespace Gateway.Fuzz.Deflate;

/// <summary>Bits as RFC 1951 §3.1.1 packs them.</summary>
internal sealed class BitWriter
{
    private readonly List<byte> _bytes = [];
    private int _used; // bits of the last byte

    public byte[] ToArray() => [.. _bytes];

    /// <summary>The least significant bit first: everything but codes.</summary>
    public void Bits(int value, int count)
    {
        for (var i = 0; i < count; i++)
            Bit((value >> i) & 1);
    }

    /// <summary>The most significant bit first.</summary>
    public void Code(int code, int count)
    {
        for (var i = count - 1; i >= 0; i--)
            Bit((code >> i) & 1);
    }

    /// <summary>Goes on at the next byte.</summary>
    public void Align() => _used = 0;

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Align();
        _bytes.AddRange(bytes);
    }

    private void Bit(int bit)
    {
        if (_used == 0)
            _bytes.Add(0);
        _bytes[^1] |= (byte)(bit << _used);
        _used = (_used + 1) & 7;
    }
}
