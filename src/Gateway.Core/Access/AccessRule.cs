using Gateway.Core.Options;

namespace Gateway.Core.Access;

/// <summary>One rule of the list, ready to judge. Never changed: a reload makes new ones.</summary>
public sealed class AccessRule
{
    /// <param name="index">Its place in the list.</param>
    /// <param name="options">Valid options.</param>
    internal AccessRule(int index, RuleOptions options)
    {
        Index = index;
        Options = options;
        Pattern = ChannelPattern.Parse(options.Pattern);
    }

    /// <summary>Its place in the list, from 0.</summary>
    public int Index { get; }

    /// <summary>Which channels it is about.</summary>
    public ChannelPattern Pattern { get; }

    /// <summary>As it is configured.</summary>
    public RuleOptions Options { get; }

    /// <summary>Whom it lets do something.</summary>
    public RuleAudience Audience(ChannelAction action) => action == ChannelAction.Subscribe ? Options.Subscribe : Options.Publish;

    /// <summary>What it says of a channel that its pattern matches.</summary>
    internal AccessVerdict Judge(ReadOnlySpan<char> channel, ClientIdentity client, ChannelAction action) => Audience(action) switch
    {
        RuleAudience.Anyone => new(AccessResult.Allowed, "", this),
        RuleAudience.Authenticated when client.IsAuthenticated => new(AccessResult.Allowed, "", this),
        RuleAudience.Authenticated => new(AccessResult.Forbidden, AccessReasons.SignIn, this),
        RuleAudience.Claim when Grants(channel, client, action) => new(AccessResult.Allowed, "", this),
        RuleAudience.Claim => new(AccessResult.Forbidden, AccessReasons.NotGranted, this),
        RuleAudience.Token or RuleAudience.Authorizer => new(AccessResult.Undecided, "", this),
        _ => new(AccessResult.Forbidden, AccessReasons.Nobody(action), this),
    };

    private static bool Grants(ReadOnlySpan<char> channel, ClientIdentity client, ChannelAction action)
    {
        // By index: the list's enumerator would be an object.
        var grants = client.Grants;
        for (var i = 0; i < grants.Count; i++)
        {
            if ((action == ChannelAction.Subscribe ? grants[i].MaySubscribe : grants[i].MayPublish) && ChannelPattern.Matches(grants[i].Pattern, channel))
                return true;
        }

        return false;
    }
}
