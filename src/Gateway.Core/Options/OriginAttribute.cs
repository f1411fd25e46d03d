using System.ComponentModel.DataAnnotations;
using Gateway.Core.Addresses;

namespace Gateway.Core.Options;

/// <summary>A page's origin, or all below a domain, <c>file://</c>, <c>null</c> or <c>*</c>; also an item of a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OriginAttribute : ValidationAttribute
{
    /// <summary>Says what an origin is.</summary>
    public OriginAttribute() => ErrorMessage = "must be an origin such as https://example.com or https://*.example.com, without a path, file://, null, or *";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || text == "*" || OriginPattern.TryParse(text) is not null;
}
