using System.ComponentModel.DataAnnotations;

namespace Gateway.Configuration;

/// <summary>A rule that can say what is wrong with a text option. An empty value is none of its business.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionRuleAttribute : ValidationAttribute
{
    /// <summary>What is wrong, as the rest of a sentence that begins with the option's name; null when nothing is.</summary>
    public abstract string? FindFault(string value);

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || FindFault(text) is null;
}
