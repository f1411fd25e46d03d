using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Gateway.Core.Options;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Auth.Authorizer;

/// <summary>The backend that is asked where a rule says so.</summary>
public sealed class AuthorizerOptions
{
    [Description("Where the backend answers whether a client may, for rules with 'authorizer': POST, JSON. Redirects are not followed.")]
    [AuthorizerUri]
    public string Uri { get; set; } = "";

    [Description("How long an answer may take, from when the question is sent. A client waits for it; a backend that takes longer is worse than one that refuses.")]
    [Duration("00:00:00.050", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("Sent as 'Authorization: Bearer <secret>', so that the backend knows who asks. Empty: none is sent.")]
    [RegularExpression("^[!-~]{0,512}$", ErrorMessage = "may hold visible ASCII characters without spaces, 512 at most")]
    [Secret]
    public string Secret { get; set; } = "";

    [Description("While the backend cannot be asked, clients may, where a rule does not say and the backend has not refused them before (RefusalMemory). Off: nobody gets in by a fault.")]
    public bool FailOpen { get; set; }

    [Description("Questions under way at once; the others wait their turn, in fair shares. 64 that take 10 ms are 6,400 a second.")]
    [Range(1, 10_000)]
    public int MaxConcurrent { get; set; } = 64;

    [Description("Of these, those of one user, or of one address of clients without a token. 0: half of MaxConcurrent, so that one that asks without end leaves as much to the others.")]
    [Range(0, 10_000)]
    public int MaxConcurrentPerAsker { get; set; }

    [Description("Of these, those of one connection. 0: an eighth of MaxConcurrent. Its others wait behind them.")]
    [Range(0, 10_000)]
    public int MaxConcurrentPerConnection { get; set; }

    [Description("Questions that may wait for a place; a user or an address may fill as much of it as is free. Some 1 KB each.")]
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    [Description("How long a question may wait for a place; then its client alone is told 'unavailable', whatever FailOpen says. As long as an answer may take.")]
    [Duration("00:00:00", "00:01:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);

    [Description("Answers remembered, each as long as its ttl says, of 500 bytes each, so 50 MB; above it those who ask for the most forget their own. 0: none is.")]
    [Range(0, 10_000_000)]
    public int CacheSize { get; set; } = 100_000;

    [Description("While the backend cannot be asked, nobody is let in where it refused within so long, or within the refusal's ttl if that is longer. Longer than most outages.")]
    [Duration("00:00:00", "1.00:00:00")]
    public TimeSpan RefusalMemory { get; set; } = TimeSpan.FromMinutes(10);

    [Description("Refusals kept for that, of 500 bytes each, so 25 MB. Who has more than fit is let in nowhere while the backend cannot be asked.")]
    [Range(1000, 10_000_000)]
    public int MaxRefusals { get; set; } = 50_000;

    /// <summary>Whether there is somebody to ask.</summary>
    internal bool IsEnabled => Uri.Length > 0;
}
