using System.ComponentModel.DataAnnotations;

namespace Gateway.Core.Options;

/// <summary>Empty, or a JSON pointer.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonPointerAttribute : ValidationAttribute
{
    /// <summary>Says what a pointer is.</summary>
    public JsonPointerAttribute() => ErrorMessage = "must be a JSON pointer (RFC 6901) such as /id or /user/name, with ~1 for '/' and ~0 for '~' in a name";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || JsonPointer.TryParse(text, out _);
}
