using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Gateway.Core.Options;

namespace Gateway.Configuration;

/// <summary>How an option's value is written.</summary>
internal enum OptionKind
{
    Text,
    Flag,
    Number,

    /// <summary>A number with decimals.</summary>
    Fraction,

    /// <summary>A number of bytes: an integer whose name ends with "Bytes".</summary>
    Size,
    Duration,

    /// <summary>One of the names of an enumeration.</summary>
    Choice,
}

/// <summary>One option: what <c>--help</c>, the documentation and the checks at start know of it.</summary>
/// <param name="Name">Its full name; the items of a list are named by the first, <c>Gateway:Endpoints:0:Address</c>, <c>Gateway:TrustedProxies:0</c>.</param>
/// <param name="Kind">How its value is written.</param>
/// <param name="Default">Its default as one would write it.</param>
/// <param name="Meaning">What it does, and why the default is what it is.</param>
/// <param name="Choices">The names of a <see cref="OptionKind.Choice"/>.</param>
/// <param name="Rules">Its bounds.</param>
/// <param name="IsSecret">Its value is never printed.</param>
/// <param name="IsList">There may be several, by index; the rest describes one of them.</param>
internal sealed record OptionDescription(
    string Name,
    OptionKind Kind,
    string Default,
    string Meaning,
    IReadOnlyList<string> Choices,
    IReadOnlyList<ValidationAttribute> Rules,
    bool IsSecret,
    bool IsList = false)
{
    /// <summary>The bounds in words; empty when any value of the kind will do.</summary>
    public string Bounds => string.Join("; ", Rules.Select(BoundsOf).Prepend(string.Join(", ", Choices)).Where(bounds => bounds.Length > 0));

    private string BoundsOf(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => $"{WriteBound(range.Minimum)} to {WriteBound(range.Maximum)}",
        DurationAttribute range => $"{WriteDuration(range.Minimum)} to {WriteDuration(range.Maximum)}",
        RequiredAttribute => "not empty",
        AllowedValuesAttribute allowed => string.Join(", ", allowed.Values),
        _ => rule.ErrorMessage ?? "",
    };

    private string WriteBound(object bound) => Kind == OptionKind.Size ? SizeText.Format(Convert.ToInt64(bound, CultureInfo.InvariantCulture)) : bound.ToString()!;

    private static string WriteDuration(string bound) => DurationText.TryParse(bound, out var time) ? DurationText.Format(time) : bound;
}
