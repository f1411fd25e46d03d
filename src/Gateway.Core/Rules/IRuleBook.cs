using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Options;

namespace Gateway.Core.Rules;

/// <summary>The rules about channels: which are in force, others in their place, and what they say.</summary>
public interface IRuleBook
{
    /// <summary>Those in force.</summary>
    RulesInForce Rules { get; }

    /// <summary>
    /// Puts other rules in force. What is asked from now on is judged by them; subscriptions that they do not allow are ended in the
    /// background. False: they are the ones in force.
    /// </summary>
    /// <param name="rules">Valid rules; none: the one that holds without any.</param>
    bool ApplyRules(IEnumerable<RuleOptions> rules);

    /// <summary>What the rules say of a client's wish, and why.</summary>
    /// <param name="client">Who it would be.</param>
    /// <param name="channel">Where.</param>
    /// <param name="action">What.</param>
    /// <param name="ask">Whether the backend is asked, where the rule leaves it to it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<AccessExplanation> ExplainAccessAsync(ClientIdentity client, ChannelName channel, ChannelAction action, bool ask, CancellationToken cancellationToken);
}
