using System.Net;
using Gateway.Core.Access;

namespace Gateway.Core.Handshake;

/// <summary>Decides whether a client may connect.</summary>
internal interface IAdmission
{
    /// <summary>
    /// Judges a valid upgrade request. While the answer is awaited the client's socket is not read; an answer that is there at once
    /// costs nothing.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="remote">The client's address, for those who need it: a system call.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Admission> AdmitAsync(UpgradeRequest request, Func<EndPoint?> remote, CancellationToken cancellationToken);
}

/// <summary>A verdict: one of the two is null.</summary>
/// <param name="Identity">Who is admitted.</param>
/// <param name="Refusal">The HTTP response that refuses it.</param>
internal readonly record struct Admission(ClientIdentity? Identity, Refusal? Refusal);
