using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>Walks valid header lines.</summary>
internal ref struct HeaderLineEnumerator(ReadOnlySpan<byte> lines)
{
    private ReadOnlySpan<byte> _rest = lines;

    public HeaderLine Current { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        var end = _rest.IndexOf((byte)'\r');
        Current = new HeaderLine(_rest[..end]);
        _rest = _rest[(end + 2)..];
        return true;
    }

    public readonly HeaderLineEnumerator GetEnumerator() => this;
}

/// <summary>A valid header line, taken apart.</summary>
internal readonly ref struct HeaderLine
{
    public HeaderLine(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        Name = line[..colon];
        Value = HttpSyntax.Trim(line[(colon + 1)..]);
    }

    public ReadOnlySpan<byte> Name { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>RFC 9110 §5.1: names are case-insensitive.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);
}
