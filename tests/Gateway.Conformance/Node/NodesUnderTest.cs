using System.Net;
using Gateway.Conformance.Node;
using Gateway.Integration.Fixtures;

[assembly: AssemblyFixture(typeof(NodesUnderTest))]

namespace Gateway.Conformance.Node;

/// <summary>The program in two settings, each with an endpoint of either kind, for all tests.</summary>
public sealed class NodesUnderTest : IAsyncLifetime
{
    /// <summary>The largest message, in bytes: the community's suite sends messages of 16 MiB.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>The same of the node that keeps contexts.</summary>
    public const int SmallMaxMessageBytes = 64 * 1024;

    private readonly TestCertificates _certificates = new();
    private HostProcess? _shared;
    private HostProcess? _dedicated;

    public async ValueTask InitializeAsync()
    {
        _shared = await StartAsync("shared", "auto", MaxMessageBytes);
        _dedicated = await StartAsync("dedicated", "sockets", SmallMaxMessageBytes);
    }

    /// <summary>A client's stream, not yet upgraded.</summary>
    internal Task<Peer> ConnectAsync(Setting setting, Endpoint endpoint)
    {
        var host = (setting == Setting.Dedicated ? _dedicated : _shared)!;
        return Peer.ConnectAsync(host.EndPoints[(int)endpoint], endpoint == Endpoint.Tls ? _certificates.Client() : null);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in (HostProcess?[])[_shared, _dedicated])
        {
            if (host is null)
                continue;
            // A byte sequence that harms the node would show here at the latest.
            await host.Admin.GetStringAsync("/livez");
            await host.DisposeAsync();
            Assert.DoesNotContain("\"LogLevel\":\"Error\"", host.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("\"LogLevel\":\"Critical\"", host.Output, StringComparison.Ordinal);
        }

        _certificates.Dispose();
    }

    private Task<HostProcess> StartAsync(string compression, string backend, int maxMessageBytes) => HostProcess.StartAsync(
        "--Gateway:Endpoints:1:Address=" + new IPEndPoint(IPAddress.Loopback, 0),
        "--Gateway:Endpoints:1:Tls:CertificatePath=" + _certificates.CertificatePath,
        "--Gateway:Endpoints:1:Tls:KeyPath=" + _certificates.KeyPath,
        "--Gateway:Echo:Enabled=true",
        "--Gateway:Limits:ControlFramesPerSecond=0", // some rules are about floods of them
        "--Gateway:Compression:Mode=" + compression,
        "--Gateway:Transport:Backend=" + backend,
        "--Gateway:Compression:MinimumBytes=16",
        $"--Gateway:Limits:MaxMessageBytes={maxMessageBytes}",
        "--Gateway:Limits:MaxQueueBytes=64MiB",
        "--Gateway:Transport:MaxDiscardBytes=64MiB");
}

/// <summary>How a node compresses.</summary>
public enum Setting
{
    /// <summary>Each message by itself: the default.</summary>
    Shared,

    /// <summary>With each connection's history; and on the back end that every system has.</summary>
    Dedicated,
}
