using System.Net;
using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>Admits every client, or none: all there is to decide while clients have no credentials.</summary>
internal sealed class AnonymousAdmission(AuthOptions options) : IAdmission
{
    private static readonly Refusal Unauthorized = new(401, "This service takes no anonymous clients.");

    public ValueTask<Refusal?> AdmitAsync(UpgradeRequest request, Func<EndPoint?> remote, CancellationToken cancellationToken) =>
        new(options.AllowAnonymous ? null : Unauthorized);
}
