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
    private const string Extension = "permessage-deflate";

    /// <param name="endPoint">Where the clients connect.</param>
    /// <param name="isDeflated">They offer permessage-deflate (RFC 7692 §7.1), as browsers do, and the server has to agree.</param>
    /// <param name="isTls">Over TLS, with a full handshake each, and whatever certificate.</param>
    public static StreamClientSettings Of(IPEndPoint endPoint, bool isDeflated, bool isTls)
    {
        return new StreamClientSettings(
            endPoint,
            UpgradeExchange.Request("/echo", isDeflated ? UpgradeExchange.OfferDeflate : ""),
            isDeflated ? Encoding.ASCII.GetBytes(Extension) : [],
            isTls ? StreamSocket.SecureOptions(canResume: false) : null);
    }
}
