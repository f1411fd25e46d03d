using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Gateway.Configuration;

/// <summary>
/// Reads one value and judges it. What it writes is what the binder understands beyond doubt: sizes as bytes, times as
/// <c>hh:mm:ss</c>, choices as the enumeration spells them.
/// </summary>
internal static class OptionReader
{
    public static ConfigurationError? Read(ConfiguredOption given, out string normal)
    {
        var option = given.Option;
        normal = given.Value;
        if (!TryParse(option, given.Value, out var value, ref normal))
            return Error(given, given.Value.Trim().Length == 0 ? "is empty." : "is not " + Expected(option) + ".", "Set " + Expected(option) + Within(option) + ".");

        return option.Rules.FirstOrDefault(rule => !Allows(rule, value)) is { } broken
            ? Error(given, Describe(option, broken, given.Value), broken is OptionRuleAttribute ? "Correct it, or leave it empty." : "Set " + Expected(option) + Within(option) + ".")
            : null;
    }

    /// <summary>A value known to be right, as the binder understands it.</summary>
    public static string Normalise(OptionDescription option, string value) =>
        Read(new ConfiguredOption(option, option.Name, value), out var normal) is null ? normal : value;

    private static bool TryParse(OptionDescription option, string text, out object? value, ref string normal)
    {
        value = text;
        switch (option.Kind)
        {
            case OptionKind.Flag:
                return Accept(bool.TryParse(text.Trim(), out var flag), flag, flag ? "true" : "false", out value, ref normal);
            case OptionKind.Number:
                return Accept(
                    long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number),
                    number, number.ToString(CultureInfo.InvariantCulture), out value, ref normal);
            case OptionKind.Fraction:
                return Accept(
                    double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction),
                    fraction, fraction.ToString("R", CultureInfo.InvariantCulture), out value, ref normal);
            case OptionKind.Size:
                return Accept(SizeText.TryParse(text, out var bytes), bytes, bytes.ToString(CultureInfo.InvariantCulture), out value, ref normal);
            case OptionKind.Duration:
                return Accept(DurationText.TryParse(text, out var time), time, time.ToString("c"), out value, ref normal);
            case OptionKind.Choice:
                var choice = option.Choices.FirstOrDefault(choice => ChoiceText.Matches(choice, text));
                return Accept(choice is not null, choice, ChoiceText.ToName(choice ?? ""), out value, ref normal);
            default:
                return true;
        }
    }

    /// <summary>A <see cref="RangeAttribute"/> of ints throws for what is none, and one of doubles rounds: whole numbers are compared as they are.</summary>
    private static bool Allows(ValidationAttribute rule, object? value) => rule is RangeAttribute range && value is long number
        ? number >= Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture) && number <= Convert.ToInt64(range.Maximum, CultureInfo.InvariantCulture)
        : rule.IsValid(value);

    private static bool Accept(bool parsed, object? value, string written, out object? result, ref string normal)
    {
        result = value;
        if (parsed)
            normal = written;
        return parsed;
    }

    private static ConfigurationError Error(ConfiguredOption given, string problem, string remedy) =>
        new(given.Key, given.Option.IsSecret ? null : given.Value, problem, remedy);

    private static string Describe(OptionDescription option, ValidationAttribute broken, string value) => broken switch
    {
        RequiredAttribute => "is empty.",
        OptionRuleAttribute rule => rule.FindFault(value) + ".",
        _ when option.Bounds.Contains(" to ", StringComparison.Ordinal) => "is out of bounds.",
        _ => (broken.ErrorMessage ?? "is not allowed") + ".",
    };

    private static string Expected(OptionDescription option) => option.Kind switch
    {
        OptionKind.Flag => "true or false",
        OptionKind.Number => "a whole number",
        OptionKind.Fraction => "a number such as 0.01",
        OptionKind.Size => SizeText.Example,
        OptionKind.Duration => DurationText.Example,
        OptionKind.Choice => "one of " + string.Join(", ", option.Choices),
        _ => "a text",
    };

    private static string Within(OptionDescription option) =>
        option.Kind is OptionKind.Choice || option.Bounds.Length == 0 ? ""
        : option.Kind is OptionKind.Text ? $" ({option.Bounds})"
        : $", from {option.Bounds}";
}
