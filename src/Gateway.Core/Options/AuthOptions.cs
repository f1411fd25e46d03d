using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Core.Options;

/// <summary>Who may connect.</summary>
public sealed class AuthOptions
{
    [Description("Accepts clients without credentials. Default: true in the Development environment, else false.")]
    public bool AllowAnonymous { get; set; }

    [Description("Pages that may connect, by their origin: https://example.com, https://*.example.com, file:// for pages of the disk and of apps that send it, null for pages that do not say which they are (any site can make one, in a sandboxed frame), or * for all. Empty: pages of the host that is connected to, on whatever port. Clients that send no Origin, as those that are no browsers, are not asked.")]
    [Origin]
    public IList<string> AllowedOrigins { get; } = [];

    [Description("Names that clients reach this service by, as their requests' Host says: ws.example.com, *.example.com, or an address as it is written; ports do not count. Others are answered 421, but for /healthz, which load balancers ask for by address. Empty: any name, also an attacker's that leads here (DNS rebinding).")]
    [HostName]
    public IList<string> AllowedHosts { get; } = [];

    [Description("Pages of localhost and loopback addresses may connect as well, for those who develop one. Default: true in the Development environment, else false.")]
    public bool AllowLocalOrigins { get; set; }

    [Description("Query parameter that a token may stand in, for clients that can set no header. Proxies write the URL into their logs: where all clients can do otherwise, set it empty, which takes none from there.")]
    [RegularExpression("^[A-Za-z0-9._~-]*$", ErrorMessage = "may hold letters, digits and ._~-")]
    public string TokenParameter { get; set; } = "token";

    [Description("Cookie that a token may stand in. Empty: none is looked at, as is right for pages of other hosts, whose requests carry it as well.")]
    [RegularExpression("^[A-Za-z0-9!#$%&'*+.^_`|~-]*$", ErrorMessage = "must be a cookie's name (RFC 6265)")]
    public string Cookie { get; set; } = "";

    [Description("How long before its token expires a client of gateway.v1 is told, so that it sends a new one. Enough for a page to fetch one over a slow line, and again.")]
    [Duration("00:00:01", "01:00:00")]
    public TimeSpan ExpiryWarning { get; set; } = TimeSpan.FromSeconds(30);

    [Description("How long a revocation is kept that does not say so itself. It must be longer than any token is valid: what is forgotten earlier is good again.")]
    [Duration("00:01:00", "365.00:00:00")]
    public TimeSpan RevocationPeriod { get; set; } = TimeSpan.FromDays(1);
}
