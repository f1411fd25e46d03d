using System.Text.Json;
using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Json;

namespace Gateway.Auth;

/// <summary>Claim <c>channels</c>: an array of patterns, which allow to subscribe, or of objects that say what they allow.</summary>
internal static class GrantClaims
{
    /// <summary>Each is kept with the connection and looked at with a command. A pattern stands for as many channels as one likes.</summary>
    private const int Most = 100;

    private const string Form = """claim channels must be an array of patterns and of {"pattern":"chat:*","rights":["subscribe","publish"]}""";

    /// <returns>What is wrong; null: nothing.</returns>
    public static string? Read(JsonElement claims, out IReadOnlyList<ChannelGrant> grants)
    {
        grants = [];
        if (!claims.TryGetGiven("channels", out var list))
            return null;
        if (list.ValueKind != JsonValueKind.Array)
            return Quoted(Form);
        if (list.GetArrayLength() > Most)
            return $"claim channels has more than {Most} items: use patterns";
        var found = new List<ChannelGrant>();
        foreach (var item in list.EnumerateArray())
        {
            if (ReadOne(item, out var grant) is { } problem)
                return problem;
            found.Add(grant!);
        }

        grants = found;
        return null;
    }

    private static string? ReadOne(JsonElement item, out ChannelGrant? grant)
    {
        grant = null;
        var pattern = item.ValueKind == JsonValueKind.Object && item.TryGetGiven("pattern", out var named) ? named : item;
        if (pattern.ValueKind != JsonValueKind.String)
            return Quoted(Form);
        // A star may stand in a channel's name: what is no name is no pattern.
        if (!ChannelName.TryParse(pattern.GetString()!, out _))
            return "claim channels has a pattern that matches no channel's name: 1 to 255 bytes without spaces, commas and control characters";
        if (pattern.GetString()!.AsSpan().Count('*') > ChannelPattern.MaxStars)
            return $"claim channels has a pattern with more than {ChannelPattern.MaxStars} '*'";
        var (maySubscribe, mayPublish) = (item.ValueKind == JsonValueKind.String, false);
        if (item.ValueKind == JsonValueKind.Object && ReadRights(item, ref maySubscribe, ref mayPublish) is { } problem)
            return problem;
        grant = new ChannelGrant(pattern.GetString()!, maySubscribe, mayPublish);
        return null;
    }

    private static string? ReadRights(JsonElement item, ref bool maySubscribe, ref bool mayPublish)
    {
        if (!item.TryGetGiven("rights", out var rights) || rights.ValueKind != JsonValueKind.Array || rights.GetArrayLength() == 0)
            return Quoted(Form);
        foreach (var right in rights.EnumerateArray())
        {
            var isSubscribe = right.ValueKind == JsonValueKind.String && right.ValueEquals("subscribe"u8);
            if (!isSubscribe && !(right.ValueKind == JsonValueKind.String && right.ValueEquals("publish"u8)))
                return "claim channels knows the rights subscribe and publish, and has another";
            maySubscribe |= isSubscribe;
            mayPublish |= !isSubscribe;
        }

        return null;
    }

    // It goes into a quoted string of WWW-Authenticate, RFC 6750 §3, which holds no quotes.
    private static string Quoted(string text) => text.Replace('"', '\'');
}
