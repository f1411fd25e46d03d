using System.Buffers;
using Gateway.Configuration;

namespace Gateway.Telemetry;

/// <summary>Headers as OTEL_EXPORTER_OTLP_HEADERS has them, or an empty text. A fault names no value: they are secrets.</summary>
public sealed class OtlpHeadersAttribute : OptionRuleAttribute
{
    // RFC 9110 §5.6.2: token.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <inheritdoc/>
    public override string? FindFault(string value)
    {
        foreach (var (index, header) in value.Split(',').Index())
        {
            var equals = header.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                return $"has no '=' in header {index + 1}: write name=value, with commas between several";
            var name = header[..equals].Trim();
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
                return $"has no valid name in header {index + 1}: write name=value, with commas between several";
            if (header.AsSpan(equals + 1).ContainsAnyExceptInRange(' ', '~'))
                return $"has characters in header {index + 1} that are not visible ASCII: percent-encode them";
        }

        return null;
    }
}
