using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>A StackExchange.Redis connection string that the gateway can follow in full, or an empty one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RedisConfigurationAttribute : ValidationAttribute
{
    /// <summary>What is wrong with a connection string; null when nothing is.</summary>
    public static string? FindFault(string configuration)
    {
        ConfigurationOptions parsed;
        try
        {
            parsed = ConfigurationOptions.Parse(configuration);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "is not a StackExchange.Redis connection string: " + e.Message;
        }

        if (parsed.EndPoints.Count == 0)
            return "names no endpoint, such as localhost:6379";
        if (!parsed.ChannelPrefix.IsNullOrEmpty)
            return "sets channelPrefix; set Gateway:Redis:Prefix instead";
        return parsed.Tunnel is not null ? "sets a tunnel, through which the publications' link cannot go" : null;
    }

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string { Length: > 0 } configuration && FindFault(configuration) is { } fault
            ? new ValidationResult($"The field {validationContext.DisplayName} {fault}.", Member(validationContext))
            : ValidationResult.Success;

    private static string[]? Member(ValidationContext context) => context.MemberName is { } name ? [name] : null;
}
