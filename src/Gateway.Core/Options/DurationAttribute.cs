using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Gateway.Core.Options;

/// <summary>Bounds of a time; <see cref="RangeAttribute"/> over a type name is not safe for trimming.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>The shortest valid time, as <c>hh:mm:ss[.fff]</c>.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The longest valid time, as <c>hh:mm:ss[.fff]</c>.</summary>
    public string Maximum { get; } = maximum;

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan time
        && time >= TimeSpan.Parse(Minimum, CultureInfo.InvariantCulture)
        && time <= TimeSpan.Parse(Maximum, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"The field {name} must be between {Minimum} and {Maximum}.";
}
