using System.ComponentModel.DataAnnotations;
using Gateway.Core.Addresses;

namespace Gateway.Core.Options;

/// <summary>A host's name, an address, or all names below a domain; also an item of a list of them.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HostNameAttribute : ValidationAttribute
{
    /// <summary>Says what a host is.</summary>
    public HostNameAttribute() => ErrorMessage = "must be a host such as ws.example.com, *.example.com or 192.0.2.1, without a scheme and a port";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is not string { Length: > 0 } text || HostPattern.TryParse(text) is not null;
}
