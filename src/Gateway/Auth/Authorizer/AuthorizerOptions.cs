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

    [Description("How long an answer may take. A client waits for it; a backend that takes longer is worse than one that refuses.")]
    [Duration("00:00:00.050", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("Sent as 'Authorization: Bearer <secret>', so that the backend knows who asks. Empty: none is sent.")]
    [RegularExpression("^[!-~]{0,512}$", ErrorMessage = "may hold visible ASCII characters without spaces, 512 at most")]
    [Secret]
    public string Secret { get; set; } = "";

    [Description("While the backend cannot be asked, clients may, where a rule does not say. Off: nobody gets in by a fault.")]
    public bool FailOpen { get; set; }

    [Description("Questions under way at once; the others wait their turn, within the timeout. 64 that take 10 ms are 6,400 a second.")]
    [Range(1, 10_000)]
    public int MaxConcurrent { get; set; } = 64;

    [Description("Answers remembered, each as long as its ttl says; above it others are forgotten. Some 300 bytes each. 0: none is.")]
    [Range(0, 10_000_000)]
    public int CacheSize { get; set; } = 100_000;

    /// <summary>Whether there is somebody to ask.</summary>
    internal bool IsEnabled => Uri.Length > 0;
}
