using System.Net;
using Gateway.Admin;
using Gateway.Core.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Admin;

public sealed class AdminConnectionsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly GatewayMetrics _metrics = new();
    private readonly AdminConnections _connections;

    public AdminConnectionsTests() => _connections = new AdminConnections(8, _metrics, _time);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Enter_WhenAllPlacesAreTaken_ReplacesTheLongestSilent()
    {
        var open = Fill("10.0.0.1", 8);
        _connections.TryBegin(open[0], isApi: false);
        _connections.End(open[0], isApi: false);
        var newcomer = Enter("10.0.0.1");

        Assert.NotNull(newcomer);
        Assert.Equal(8, _connections.Count);
        Assert.True(IsAborted(open[1]));
        Assert.Single(open, IsAborted);
    }

    [Fact]
    public void Enter_WhenOneAddressHasTheMost_ReplacesOneOfIts()
    {
        var probe = Enter("10.0.0.9")!;
        Fill("10.0.0.1", 7);
        for (var i = 0; i < 100; i++)
            Assert.NotNull(Enter("10.0.0.1"));
        Assert.False(IsAborted(probe));
        Assert.Equal(8, _connections.Count);
    }

    [Fact]
    public void Enter_AnIPv6Network_CountsAsOneAddress()
    {
        var probe = Enter("2001:db8:1::1")!;
        for (var i = 1; i < 50; i++)
            Enter($"2001:db8::{i:x}");
        Assert.False(IsAborted(probe));
    }

    [Fact]
    public void Enter_WhileRequestsAreUnderWay_LeavesThemAndKeepsPlacesForProbes()
    {
        var open = Fill("10.0.0.1", 8);
        Assert.Equal(7, _connections.MaxBusy);
        Assert.Equal(7, open.Count(connection => _connections.TryBegin(connection, isApi: true)));
        for (var i = 0; i < 100; i++)
            Assert.NotNull(Enter("10.0.0.2"));
        Assert.Equal(7, open.Count(connection => !IsAborted(connection)));

        _connections.End(open[0], isApi: true);
        Assert.NotNull(Enter("10.0.0.2"));
        Assert.True(IsAborted(open[0]));
    }

    [Fact]
    public void Enter_WithAPlaceThatIsBusyForAllThereAre_IsRefused()
    {
        var one = new AdminConnections(1, _metrics, _time);
        var open = one.Enter(Accepted("10.0.0.1"))!;
        Assert.True(one.TryBegin(open, isApi: true));
        var refused = Accepted("10.0.0.2");
        Assert.Null(one.Enter(refused));
        Assert.True(refused.ConnectionClosed.IsCancellationRequested);
        Assert.False(IsAborted(open));
    }

    [Fact]
    public async Task Dispose_AConnection_GivesItsPlaceBackOnce()
    {
        var open = Fill("10.0.0.1", 8);
        Enter("10.0.0.1");
        await open[0].DisposeAsync(); // the one that was replaced
        await open[1].DisposeAsync();
        await open[1].DisposeAsync();
        Assert.Equal(7, _connections.Count);
    }

    private AdminConnection[] Fill(string address, int count) => [.. Enumerable.Range(0, count).Select(_ => Enter(address)!)];

    private AdminConnection? Enter(string address)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return _connections.Enter(Accepted(address));
    }

    private static AcceptedConnection Accepted(string address) => new() { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };

    private static bool IsAborted(AdminConnection connection) => connection.ConnectionClosed.IsCancellationRequested;

    /// <summary>Ends as a socket's does, before <see cref="Abort"/> returns.</summary>
    private sealed class AcceptedConnection : DefaultConnectionContext
    {
        public AcceptedConnection() => ConnectionClosed = default;

        public override void Abort(ConnectionAbortedException abortReason) => ConnectionClosed = new CancellationToken(canceled: true);
    }
}
