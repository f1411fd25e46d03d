using Gateway.Core.Cluster;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Tests.Cluster;

public sealed class DrainTests : IDisposable
{
    private readonly ProtocolHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Drain_AFaultInATurn_IsCounted_AndTheDrainGoesOn()
    {
        var client = _harness.Open();
        var isFaulty = true;
        using var drain = Create(() => Volatile.Read(ref isFaulty) ? throw new InvalidOperationException("a fault") : 1000);

        await drain.Begin();
        await Eventually.TrueAsync(() => Faults.Total > 1);
        Assert.Equal(ConnectionState.Open, client.Connection.State);

        Volatile.Write(ref isFaulty, false);
        await Eventually.TrueAsync(() => _harness.Context.Metrics.Departures.Total == 1);
        Assert.NotEqual(ConnectionState.Open, client.Connection.State);
    }

    [Fact]
    public async Task TimeLeft_OfADrain_IsThatToItsDeadline_AndNoneWithoutOne()
    {
        using var drain = Create(() => 1);
        Assert.Null(drain.TimeLeft);

        await drain.Begin();
        Assert.InRange(drain.TimeLeft!.Value, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

        drain.Cancel();
        Assert.Null(drain.TimeLeft);
    }

    private EventCounter Faults => _harness.Context.Metrics.Faults;

    private Drain Create(Func<double?> pace) => new(
        _harness.Context.Registry,
        new DrainOptions { Timeout = TimeSpan.FromMinutes(10) },
        TimeSpan.FromSeconds(1),
        pace,
        new FaultReporter("drain", Log.DrainFault, _harness.Context.Metrics, TimeProvider.System, NullLogger.Instance),
        TimeProvider.System,
        NullLogger.Instance);
}
