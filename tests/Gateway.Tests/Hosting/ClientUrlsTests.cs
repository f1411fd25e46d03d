using System.Net;
using Gateway.Core.Options;
using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public class ClientUrlsTests
{
    private static readonly IPEndPoint First = IPEndPoint.Parse("[::]:8443");
    private static readonly IPEndPoint Second = IPEndPoint.Parse("10.0.0.5:8080");

    [Fact]
    public void Urls_OfSeveralEndpoints_EachHaveTheirOwnScheme()
    {
        var options = new GatewayOptions { BasePath = "/realtime" };
        options.Endpoints.Add(new EndpointOptions { Tls = { CertificatePath = "certificate.pem" } });
        options.Endpoints.Add(new EndpointOptions());

        Assert.Equal(["wss://[::]:8443/realtime", "ws://10.0.0.5:8080/realtime"], ClientUrls.Of([First, Second], options));
    }

    [Fact]
    public void Urls_NoEndpointConfigured_ArePlain() => Assert.Equal(["ws://10.0.0.5:8080"], ClientUrls.Of([Second], new GatewayOptions()));

    [Fact]
    public void Urls_BeforeTheNodeListens_AreNone() => Assert.Empty(ClientUrls.Of([], new GatewayOptions()));
}
