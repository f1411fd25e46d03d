using System.ComponentModel.DataAnnotations;

namespace Gateway.Redis;

/// <summary>The path of a file that is there, or an empty one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExistingFileAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } path || File.Exists(path);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"The field {name} names a file that does not exist or cannot be read.";
}
