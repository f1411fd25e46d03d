using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

public abstract class ListenerTests : IDisposable
{
    private const string Option = "Gateway:Endpoints:1:Address";

    private readonly GatewayMetrics _metrics = new();
    private readonly TransportOptions _options = new() { SendBufferBytes = 48 * 1024, NotSentLowWaterBytes = 12_345, UserTimeout = TimeSpan.FromSeconds(17) };
    private readonly ConnectionSlots _slots = new(100);
    private readonly Acceptor _acceptor = new();
    private readonly Overflow _overflow;

    protected ListenerTests() => _overflow = new Overflow("full"u8.ToArray(), _options, _metrics, TimeProvider.System, new FarewellPlaces(256));

    public virtual void Dispose()
    {
        _overflow.Dispose();
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    internal abstract Listener Create(IPEndPoint endPoint, string option, Core.Transport.TransportContext context, ITransportAcceptor acceptor, ConnectionSlots slots, Overflow overflow);

    [Fact]
    public async Task AcceptedSockets_InheritTheSettings()
    {
        using var listening = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), Option, _options);
        using var client = await ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listening.LocalEndPoint!).Port);
        using var accepted = await listening.AcceptAsync();

        Assert.True(accepted.NoDelay);
        // Linux reports twice what was asked for: its own book-keeping counts too.
        Assert.Equal(2 * _options.SendBufferBytes, accepted.SendBufferSize);
        Assert.Equal(17_000, SocketSettings.GetTcp(accepted, SocketSettings.TcpUserTimeout));
        Assert.Equal(12_345, SocketSettings.GetTcp(accepted, SocketSettings.TcpNotSentLowWater));
    }

    [Fact]
    public async Task AcceptedSockets_WithoutAUserTimeout_LeaveTheKernelsOff()
    {
        _options.UserTimeout = new TransportOptions().UserTimeout;
        using var listening = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), Option, _options);
        using var client = await ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listening.LocalEndPoint!).Port);
        using var accepted = await listening.AcceptAsync();

        Assert.Equal(0, SocketSettings.GetTcp(accepted, SocketSettings.TcpUserTimeout));
    }

    [Fact]
    public void Port_InUse_IsAnErrorThatNamesTheOption()
    {
        using var first = Open(new IPEndPoint(IPAddress.Loopback, 0));

        var error = Assert.Throws<ListenException>(() => Open(first.EndPoint));

        Assert.Contains($"127.0.0.1:{first.EndPoint.Port.ToString(CultureInfo.InvariantCulture)}", error.Message, StringComparison.Ordinal);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
        Assert.Contains(Option, error.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway__Endpoints__1__Address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Port_InUseOnAnyAddress_IsAnErrorToo()
    {
        using var first = Open(new IPEndPoint(IPAddress.IPv6Any, 0));

        Assert.Throws<ListenException>(() => Open(new IPEndPoint(IPAddress.Any, first.EndPoint.Port)));
    }

    [Fact]
    public void Address_OfAnotherMachine_IsAnErrorThatNamesTheOption()
    {
        var error = Assert.Throws<ListenException>(() => Open(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)));

        Assert.Contains("no such address", error.Message, StringComparison.Ordinal);
        Assert.Contains(Option, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_OfAListenerThatLeft_IsTakenBackWhileItsConnectionsLinger()
    {
        var first = Open(new IPEndPoint(IPAddress.Loopback, 0));
        first.Start();
        using var client = await ConnectAsync(IPAddress.Loopback, first.EndPoint.Port);
        await Eventually.TrueAsync(() => _acceptor.Transports.Count == 1);
        // The server's side ends first: its port is the one that lingers in TIME_WAIT.
        _acceptor.Transports.Single().Shutdown();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        client.Dispose();
        first.Dispose();

        using var second = Open(first.EndPoint);

        Assert.Equal(first.EndPoint, second.EndPoint);
        _acceptor.Transports.Single().Abort();
    }

    [Fact]
    public async Task IPv6Any_TakesBothFamilies()
    {
        using var listener = Open(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Start();

        using var four = await ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port);
        using var six = await ConnectAsync(IPAddress.IPv6Loopback, listener.EndPoint.Port);

        await Eventually.TrueAsync(() => _acceptor.Transports.Count == 2);
        Assert.Equal(2, _slots.Taken);
        foreach (var transport in _acceptor.Transports)
            transport.Abort();
    }

    [Fact]
    public async Task Listener_TakesManyAtOnceAndNoneAfterItsEnd()
    {
        var listener = Open(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start();
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port)));
        await Eventually.TrueAsync(() => _acceptor.Transports.Count == 100);

        listener.Dispose();

        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(IPAddress.Loopback, listener.EndPoint.Port));
        // The clients it has stay.
        Assert.All(clients, client => Assert.False(client.Poll(0, SelectMode.SelectRead)));
        foreach (var transport in _acceptor.Transports)
            transport.Abort();
        foreach (var client in clients)
            client.Dispose();
    }

    private static async Task<Socket> ConnectAsync(IPAddress address, int port)
    {
        var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(address, port));
        return client;
    }

    private Listener Open(IPEndPoint endPoint) =>
        Create(endPoint, Option, new Core.Transport.TransportContext(_options, _metrics), _acceptor, _slots, _overflow);

    private sealed class Acceptor : ITransportAcceptor
    {
        public ConcurrentQueue<ITransport> Transports { get; } = new();

        public ITransportHandler Accept(ITransport transport)
        {
            Transports.Enqueue(transport);
            return new RecordingHandler();
        }
    }
}
