using System.Net;
using Gateway.Core.Access;
using Gateway.Core.Options;

namespace Gateway.Core.Handshake;

/// <summary>Admits every client, or none: all there is to decide while clients have no credentials.</summary>
internal sealed class AnonymousAdmission(AuthOptions options) : IAdmission
{
    private static readonly Refusal Unauthorized = new(401, "This service takes no anonymous clients.");

    public ValueTask<Admission> AdmitAsync(UpgradeRequest request, Func<EndPoint?> remote, CancellationToken cancellationToken) =>
        new(options.AllowAnonymous ? new Admission(ClientIdentity.Anonymous, null) : new Admission(null, Unauthorized));
}
