using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Json;

namespace Gateway.Auth;

/// <summary>Claim <c>limits</c>: an object of whole numbers.</summary>
internal static class LimitClaims
{
    /// <returns>What is wrong; null: nothing.</returns>
    public static string? Read(JsonElement claims, out ClientLimits limits)
    {
        limits = ClientLimits.None;
        if (!claims.TryGetGiven("limits", out var given))
            return null;
        if (given.ValueKind != JsonValueKind.Object
            || !TryRead(given, "connections", out var connections)
            || !TryRead(given, "subscriptions", out var subscriptions)
            || !TryRead(given, "commands_per_second", out var commands)
            || !TryRead(given, "bytes_per_second", out var bytes))
        {
            return "claim limits must be an object of whole numbers from 0: connections, subscriptions, commands_per_second, bytes_per_second";
        }

        if (connections is not null || subscriptions is not null || commands is not null || bytes is not null)
            limits = new ClientLimits(connections, subscriptions, commands, bytes);
        return null;
    }

    private static bool TryRead(JsonElement limits, string name, out int? value)
    {
        value = null;
        if (!limits.TryGetGiven(name, out var given))
            return true;
        if (given.ValueKind != JsonValueKind.Number || !given.TryGetInt32(out var number) || number < 0)
            return false;
        value = number;
        return true;
    }
}
