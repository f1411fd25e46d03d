using System.Net;
using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Channels;

/// <summary>
/// Whether a client may: by the rules in force, and where they leave it to a token or to the backend, by these. What is decided by the
/// rules alone takes no task; what is asked for is judged once more by the rules that are in force when the answer has come.
/// </summary>
/// <param name="rules">The first ones in force.</param>
/// <param name="authorizer">Asks the backend; null: there is none.</param>
/// <param name="tokens">Judges subscription tokens; null: there is no key for them.</param>
/// <param name="metrics">Instruments.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
internal sealed class ChannelAccess(
    ChannelRules rules, IChannelAuthorizer? authorizer, ISubscriptionTokenValidator? tokens, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly FaultReporter _faults = new("access", Log.AccessFault, metrics, time, log);
    private volatile ChannelRules _rules = rules;

    /// <summary>The rules in force. Replaced as a whole; a question that is being judged is judged by one of the two.</summary>
    public ChannelRules Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>What the rules in force say by themselves. Allocates nothing.</summary>
    public AccessVerdict Judge(ChannelName channel, ClientIdentity client, ChannelAction action) => _rules.Judge(channel, client, action);

    /// <summary>The same, and whoever the rules leave it to is asked. Continues on the pool if somebody had to be waited for.</summary>
    /// <param name="wish">Who wants what.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<AccessVerdict> AskAsync(AccessWish wish, CancellationToken cancellationToken)
    {
        var verdict = Judge(wish.Channel, wish.Client, wish.Action);
        while (verdict.IsUndecided)
        {
            var audience = verdict.Rule!.Audience(wish.Action);
            var decided = await DecideAsync(verdict, wish, cancellationToken).ConfigureAwait(false);
            if (_rules.Holds(verdict.Rule))
                return decided;
            // Rules were replaced meanwhile: theirs is the word, unless they would ask the same again.
            verdict = Judge(wish.Channel, wish.Client, wish.Action);
            if (verdict.IsUndecided && verdict.Rule!.Audience(wish.Action) == audience)
                return verdict.Decided(decided.Result, decided.Reason);
        }

        return verdict;
    }

    private async ValueTask<AccessVerdict> DecideAsync(AccessVerdict verdict, AccessWish wish, CancellationToken cancellationToken)
    {
        try
        {
            return verdict.Rule!.Audience(wish.Action) == RuleAudience.Token
                ? await CheckTokenAsync(verdict, wish, cancellationToken).ConfigureAwait(false)
                : await AskBackendAsync(verdict, wish, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever is thrown: this client gets an answer, and nobody gets in by a fault.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Report(e);
            return verdict.Decided(AccessResult.Unavailable, AccessReasons.AuthorizerAway);
        }
    }

    private async ValueTask<AccessVerdict> CheckTokenAsync(AccessVerdict verdict, AccessWish wish, CancellationToken cancellationToken)
    {
        if (tokens is null)
            return verdict.Decided(AccessResult.Forbidden, AccessReasons.TokensUnknown);
        if (string.IsNullOrEmpty(wish.Token))
            return verdict.Decided(AccessResult.Forbidden, AccessReasons.TokenMissing);
        var token = await OnThePool(tokens.ValidateAsync(wish.Token, cancellationToken)).ConfigureAwait(false);
        if (token.Grant is null)
            return verdict.Decided(token.IsUnavailable ? AccessResult.Unavailable : AccessResult.Forbidden, token.Reason);
        var fault = token.Grant.FindFault(wish.Client, wish.Channel.Text);
        return verdict.Decided(fault.Length == 0 ? AccessResult.Allowed : AccessResult.Forbidden, fault);
    }

    private async ValueTask<AccessVerdict> AskBackendAsync(AccessVerdict verdict, AccessWish wish, CancellationToken cancellationToken)
    {
        if (authorizer is null)
            return verdict.Decided(AccessResult.Unavailable, AccessReasons.AuthorizerAway);
        var question = new AuthorizerQuestion(wish.Client, wish.Connection.ToString(), wish.Channel.Text, wish.Action, wish.From);
        var answer = await OnThePool(authorizer.AskAsync(question, cancellationToken)).ConfigureAwait(false);
        return answer.Result switch
        {
            AccessResult.Allowed => verdict.Decided(AccessResult.Allowed, ""),
            AccessResult.Forbidden => verdict.Decided(AccessResult.Forbidden, answer.Reason.Length > 0 ? answer.Reason : AccessReasons.AuthorizerDenied),
            _ when !answer.FailsClosed && FailsOpen(verdict.Rule!) => verdict.Decided(AccessResult.Allowed, ""),
            _ => verdict.Decided(AccessResult.Unavailable, answer.Reason.Length > 0 ? answer.Reason : AccessReasons.AuthorizerAway),
        };
    }

    private bool FailsOpen(AccessRule rule) => rule.Options.AuthorizerFailure switch
    {
        AuthorizerFailure.Allow => true,
        AuthorizerFailure.Deny => false,
        _ => authorizer!.FailsOpen,
    };

    /// <summary>The continuation of host I/O may arrive on the socket engine's own thread.</summary>
    private static async ValueTask<T> OnThePool<T>(ValueTask<T> asked) => asked.IsCompletedSuccessfully
        ? asked.Result
        : await asked.AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}

/// <summary>Who wants to do what, and by which token.</summary>
/// <param name="Client">Who the client is.</param>
/// <param name="Connection">Its connection.</param>
/// <param name="Channel">Where.</param>
/// <param name="Action">What.</param>
/// <param name="Token">The subscription token that it shows; null: none.</param>
/// <param name="From">Its address; null: not known, or not of interest, since it has a token.</param>
internal readonly record struct AccessWish(
    ClientIdentity Client, ConnectionId Connection, ChannelName Channel, ChannelAction Action, string? Token = null, EndPoint? From = null)
{
    /// <summary>An open connection's.</summary>
    public static AccessWish Of(Connection connection, ChannelName channel, ChannelAction action, string? token = null)
    {
        var client = connection.Identity;
        return new AccessWish(client, connection.Id, channel, action, token, client.IsAuthenticated ? null : connection.RemoteEndPoint);
    }
}
