using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Cluster;

public sealed class DeparturesTests : IDisposable
{
    private readonly ProtocolHarness _harness = new();
    private readonly Departures _departures = new(TimeSpan.FromSeconds(1), longestPause: TimeSpan.FromMilliseconds(100));

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Send_AtARate_LetsNoMoreGoThanItAllows()
    {
        var clients = Choose(100);
        for (var tick = 1; tick <= 50; tick++)
        {
            Send(rate: 10, milliseconds: 100);
            Assert.Equal(tick, clients.Count(client => client.Connection.State != ConnectionState.Open));
        }

        Assert.Equal(50, _departures.Count);
    }

    [Fact]
    public void Send_AfterALongPause_DoesNotMakeUpForIt()
    {
        Choose(100);
        Send(rate: 100, milliseconds: 60_000);
        Assert.Equal(10, _departures.Count);
    }

    [Fact]
    public void Send_ARateBelowOne_LetsOneGoInItsTime()
    {
        Choose(3);
        for (var second = 0; second < 25; second++)
            Send(rate: 0.1, milliseconds: 1000);
        Assert.Equal(2, _departures.Count);
    }

    [Fact]
    public void Send_NoRate_LetsNobodyGo()
    {
        Choose(3);
        Send(rate: 0, milliseconds: 10_000);
        Assert.Equal(0, _departures.Count);
    }

    [Fact]
    public void Send_SomeHaveGoneByThemselves_CountsThemNot()
    {
        var clients = Choose(20);
        foreach (var client in clients.Take(10))
            client.Connection.Close(CloseReason.Normal);
        Send(rate: 1000, milliseconds: 10);
        Assert.Equal(10, _departures.Count);
        Assert.True(_departures.IsEmpty);
    }

    [Fact]
    public void Send_ThoseForWhomSomethingWaits_GoLast()
    {
        var busy = _harness.Open();
        busy.Transport.Takes = static _ => 0; // its pong cannot leave
        busy.Transport.Receive(ClientBytes.Frame(Opcode.Ping, "x"u8));
        busy.Transport.Receive(ClientBytes.Frame(Opcode.Ping, "y"u8));
        Assert.True(busy.Connection.QueuedBytes > 0);
        var idle = _harness.Open();
        _departures.Choose([busy.Connection, idle.Connection]);

        Send(rate: 10, milliseconds: 100);

        Assert.Equal((ConnectionState.Open, ConnectionState.Closing), (busy.Connection.State, idle.Connection.State));
    }

    [Fact]
    public void Send_AClient_IsToldWhenToComeBackAndWhy()
    {
        var client = Choose(1)[0];
        Send(rate: 10, milliseconds: 100);
        Assert.Matches("""^\{"type":"reconnect","after_ms":\d{1,3},"reason":"drain"\}$""", client.Transport.Messages[0]);
        Assert.Equal("close:1012", client.Transport.Messages[1]);
    }

    /// <summary>A load balancer's probe is in the registry for a moment: no client of this node.</summary>
    [Fact]
    public void Send_WhoHasAskedForNothingYet_IsEndedAndNotCountedAsAClient()
    {
        var probe = (Connection)_harness.Context.Accept(new RecordingTransport());
        _departures.Choose([probe, _harness.Open().Connection]);

        Send(rate: 100, milliseconds: 100);

        Assert.Equal(ConnectionState.Closing, probe.State);
        Assert.Equal(1, _harness.Metrics.Departures.Total);
    }

    [Fact]
    public void SendAll_SpreadsTheirReturn()
    {
        var clients = Choose(200);
        _departures.SendAll(TimeSpan.FromSeconds(900), Farewell.Drain);

        var moments = clients.Select(client => int.Parse(client.Transport.Messages[0].Split("after_ms\":")[1].Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.All(moments, moment => Assert.InRange(moment, 0, 900_000));
        Assert.True(moments.Distinct().Count() > 100, "They come back together.");
        Assert.Equal(200, _departures.Count);
    }

    private (Connection Connection, RecordingTransport Transport)[] Choose(int count)
    {
        var clients = Enumerable.Range(0, count).Select(_ => _harness.Open()).ToArray();
        _departures.Choose(clients.Select(client => client.Connection));
        return clients;
    }

    private void Send(double rate, double milliseconds) =>
        _departures.Send(rate, TimeSpan.FromMilliseconds(milliseconds), Farewell.Drain);
}
