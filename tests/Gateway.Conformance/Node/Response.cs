using System.Globalization;
using System.Text;

namespace Gateway.Conformance.Node;

/// <summary>The head of an HTTP response, read strictly (RFC 9112 §4 and §5).</summary>
internal sealed class Response
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    public int Status { get; private init; }

    /// <summary>Up to and with the empty line.</summary>
    public int HeadBytes { get; private init; }

    public static Response Parse(byte[] received)
    {
        var end = received.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end >= 0, $"No response, but {received.Length} bytes.");
        var lines = Encoding.Latin1.GetString(received, 0, end).Split("\r\n");
        Assert.Matches("^HTTP/1\\.1 [1-5][0-9][0-9] [\\x20-\\x7E]*$", lines[0]);
        var response = new Response { Status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), HeadBytes = end + 4 };
        foreach (var line in lines[1..])
        {
            Assert.Matches("^[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\\x20-\\x7E]*$", line);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            response._fields.Add(new(line[..colon], line[(colon + 2)..]));
        }

        return response;
    }

    /// <summary>A field's value; null when it is not there. Twice is a fault of the node's.</summary>
    public string? this[string name]
    {
        get
        {
            var values = _fields.Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
            Assert.True(values.Length < 2, $"{name} stands twice.");
            return values.Length == 0 ? null : values[0].Value;
        }
    }

    /// <summary>A field's elements.</summary>
    public string[] List(string name) => this[name]?.Split(',', StringSplitOptions.TrimEntries) ?? [];
}
