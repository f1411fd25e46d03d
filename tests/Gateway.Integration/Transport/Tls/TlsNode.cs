using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Transport.Tls;

/// <summary>A node with one TLS endpoint, and clients of it.</summary>
internal sealed class TlsNode : IAsyncDisposable
{
    private TlsNode(TestNode node, TestCertificates certificates) => (Node, Certificates) = (node, certificates);

    public TestNode Node { get; }

    public TestCertificates Certificates { get; }

    public static async Task<TlsNode> StartAsync(
        Action<EndpointTlsOptions, TestCertificates>? configure = null, Action<GatewayOptions>? configureNode = null, TimeProvider? time = null)
    {
        var certificates = new TestCertificates();
        var node = await TestNode.StartAsync(
            options =>
            {
                var tls = options.Endpoints[0].Tls;
                (tls.CertificatePath, tls.KeyPath) = (certificates.CertificatePath, certificates.KeyPath);
                configure?.Invoke(tls, certificates);
                configureNode?.Invoke(options);
            },
            time: time);
        return new TlsNode(node, certificates);
    }

    /// <summary>An open WebSocket.</summary>
    public Task<WsClient> OpenAsync(string path = "/echo") => WsClient.OpenTlsAsync(Node.EndPoint, Certificates.Client(), path);

    /// <summary>A TCP connection to the TLS endpoint.</summary>
    public Task<WsClient> ConnectPlainAsync() => WsClient.ConnectAsync(Node.EndPoint);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Certificates.Dispose();
    }
}
