using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Core.Options;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Tls;
using Gateway.Integration.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Integration.Transport.Tls;

/// <summary>TLS 1.3 over a socket.</summary>
public sealed class Tls13TransportTests : TlsTransportContract
{
    protected override SslProtocols Version => SslProtocols.Tls13;
}

/// <summary>TLS 1.2 over a socket.</summary>
public sealed class Tls12TransportTests : TlsTransportContract
{
    protected override SslProtocols Version => SslProtocols.Tls12;
}

/// <summary>The contract of a transport, over TLS.</summary>
public abstract class TlsTransportContract : TransportContract, IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly List<TlsEndpoints> _endpoints = [];

    protected abstract SslProtocols Version { get; }

    public void Dispose()
    {
        foreach (var endpoints in _endpoints)
            endpoints.Dispose();
        _certificates.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Discard_WithAPartOfARecord_GivesItBackAtOnceAndKeepsNoMore()
    {
        await using var fixture = CreateFixture();
        using var socket = await fixture.ConnectAsync();
        await using var client = await OpenClientAsync(socket);
        var handler = await fixture.AcceptedAsync();
        var part = new byte[8000];
        (part[0], part[1], part[2], part[3]) = (23, 3, 3, 0x3E);
        await socket.SendAsync(part);
        await Eventually.TrueAsync(() => handler.Transport.UnconsumedBytes >= 8000);
        Assert.Equal(handler.Transport.UnconsumedBytes, fixture.Context.Buffers.Account.Bytes);

        handler.Transport.Discard();

        Assert.Equal((0, 0), (handler.Transport.UnconsumedBytes, fixture.Context.Buffers.Account.Bytes));
        await socket.SendAsync(new byte[9000]);
        socket.Shutdown(SocketShutdown.Send);
        await Eventually.TrueAsync(() => handler.Ends == 1);
        Assert.Equal(0, fixture.Context.Buffers.Account.Bytes);
        handler.Transport.Abort();
        await fixture.ReturnsToBaselineAsync();
        Assert.Equal(0, fixture.Context.Buffers.Account.HeldBytes);
    }

    internal override TransportFixture CreateFixture() => new(fixture =>
    {
        var endpoints = new TlsEndpoints(new GatewayOptions(), fixture.Context, fixture, fixture.Slots, TimeProvider.System, NullLogger.Instance, new FarewellPlaces(256));
        _endpoints.Add(endpoints);
        var tls = new EndpointTlsOptions { CertificatePath = _certificates.CertificatePath, KeyPath = _certificates.KeyPath };
        return endpoints.Acceptor(tls, "Tls", []);
    });

    internal override async Task<Stream> OpenClientAsync(Socket socket)
    {
        var client = new SslStream(new NetworkStream(socket));
        await client.AuthenticateAsClientAsync(_certificates.Client(protocols: Version));
        return client;
    }

    /// <summary>By a close_notify alone: TCP's end may come much later.</summary>
    internal override Task EndAsync(Stream client, Socket socket) => ((SslStream)client).ShutdownAsync();
}
