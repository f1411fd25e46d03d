using System.Net;
using System.Net.Security;
using System.Text;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <param name="EndPoint">Where the clients connect.</param>
/// <param name="Request">Their upgrade request.</param>
/// <param name="MustAgree">What the response must hold.</param>
/// <param name="Tls">Null: without TLS.</param>
internal sealed record StreamClientSettings(IPEndPoint EndPoint, byte[] Request, byte[] MustAgree, SslClientAuthenticationOptions? Tls)
{
#pragma warning disable CA5359 // It is this program's own server, on loopback; building a chain would only take CPU time from it.
    private static readonly RemoteCertificateValidationCallback AnyCertificate = static (_, _, _, _) => true;
#pragma warning restore CA5359

    private const string Extension = "permessage-deflate";

    /// <param name="endPoint">Where the clients connect.</param>
    /// <param name="isDeflated">They offer permessage-deflate (RFC 7692 §7.1), as browsers do, and the server has to agree.</param>
    /// <param name="isTls">Over TLS, with a full handshake each, and whatever certificate.</param>
    public static StreamClientSettings Of(IPEndPoint endPoint, bool isDeflated, bool isTls)
    {
        var request = UpgradeExchange.Request("/echo");
        return new StreamClientSettings(
            endPoint,
            isDeflated ? [.. request.AsSpan(0, request.Length - 2), .. Encoding.ASCII.GetBytes($"Sec-WebSocket-Extensions: {Extension}; client_max_window_bits\r\n\r\n")] : request,
            isDeflated ? Encoding.ASCII.GetBytes(Extension) : [],
            isTls ? new SslClientAuthenticationOptions { TargetHost = "localhost", AllowTlsResume = false, RemoteCertificateValidationCallback = AnyCertificate } : null);
    }
}
