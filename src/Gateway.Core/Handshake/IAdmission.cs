using System.Net;

namespace Gateway.Core.Handshake;

/// <summary>Decides whether a client may connect.</summary>
internal interface IAdmission
{
    /// <summary>
    /// Judges a valid upgrade request. While the answer is awaited the client's socket is not read; an answer that is there at once
    /// costs nothing.
    /// </summary>
    /// <returns>Null: admitted. Otherwise the HTTP response that refuses it.</returns>
    ValueTask<Refusal?> AdmitAsync(UpgradeRequest request, EndPoint? remote, CancellationToken cancellationToken);
}
