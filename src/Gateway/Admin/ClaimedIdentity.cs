using System.Text.Json;
using Gateway.Core.Access;

namespace Gateway.Admin;

/// <summary>Who a client would be whose token said these claims.</summary>
internal static class ClaimedIdentity
{
    /// <summary>Null: a claim is of the wrong kind, and <paramref name="fault"/> says which.</summary>
    public static ClientIdentity? Read(JsonElement claims, out string fault)
    {
        fault = "'claims' must be an object.";
        if (claims.ValueKind != JsonValueKind.Object)
            return null;
        var texts = new Dictionary<string, string>();
        foreach (var claim in claims.EnumerateObject().Where(static claim => claim.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number))
            texts[claim.Name] = claim.Value.ToString();
        var subject = texts.GetValueOrDefault("sub") ?? "";
        texts.Remove("sub");
        var grants = new List<ChannelGrant>();
        if (claims.TryGetProperty("channels", out var channels))
        {
            fault = "The claim 'channels' must be a list of {\"pattern\": text, \"subscribe\": true or false, \"publish\": true or false}.";
            if (channels.ValueKind != JsonValueKind.Array)
                return null;
            foreach (var channel in channels.EnumerateArray())
            {
                if (channel.ValueKind != JsonValueKind.Object || !channel.TryGetProperty("pattern", out var pattern) || pattern.ValueKind != JsonValueKind.String)
                    return null;
                grants.Add(new ChannelGrant(pattern.GetString()!, IsTrue(channel, "subscribe"), IsTrue(channel, "publish")));
            }
        }

        fault = "";
        return new ClientIdentity { Subject = subject, Claims = texts, Grants = grants };
    }

    private static bool IsTrue(JsonElement grant, string right) => grant.TryGetProperty(right, out var value) && value.ValueKind == JsonValueKind.True;
}
