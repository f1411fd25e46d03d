using System.Text;
using Gateway.Configuration;

namespace Gateway.Auth.SubscriptionTokens;

/// <summary>A key that is long enough, or an empty text.</summary>
public sealed class HmacKeyAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value) => Encoding.UTF8.GetByteCount(value) < SubscriptionTokenOptions.MinKeyBytes
        ? $"has fewer than {SubscriptionTokenOptions.MinKeyBytes} bytes, so that it could be guessed"
        : null;
}
