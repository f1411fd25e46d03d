using System.Reflection;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Protocols;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Tls;

namespace Gateway.Core.Tests.Telemetry;

/// <summary>The closed sets hold all that the code says.</summary>
public sealed class MetricLabelsTests
{
    [Fact]
    public void Closes_Reasons_AreThoseOfTheTable()
    {
        var table = typeof(CloseReason).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (CloseReason)field.GetValue(null)!);
        var errors = Enum.GetValues<ProtocolError>().Select(CloseReason.Of);

        Assert.Equal(table.Concat(errors).Select(reason => reason.MetricLabel).Distinct().Order(), Values("gateway.closes", "reason"));
    }

    [Fact]
    public void Departures_Reasons_AreThoseOfTheFarewells() => Assert.Equal(
        typeof(Farewell).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => ((Farewell)field.GetValue(null)!).MetricLabel).Order(),
        Values("gateway.departures", "reason"));

    [Fact]
    public void Drops_Reasons_AreTheirs() =>
        Assert.Equal(Enum.GetValues<DropReason>().Select(DropReasons.Label).Order(), Values("gateway.deliveries.dropped", "reason"));

    [Fact]
    public void Connections_States_AreTheirs() =>
        Assert.Equal(Enum.GetValues<ConnectionState>().Select(state => state.ToString().ToLowerInvariant()).Order(), Values("gateway.connections", "state"));

    [Fact]
    public void TlsHandshakes_Results_AreTheirs() =>
        Assert.Equal(Enum.GetValues<TlsHandshakeResult>().Select(TlsHandshakeResults.Label).Order(), Values("gateway.tls.handshakes", "result"));

    [Fact]
    public void ProxyProtocol_Refusals_AreTheirs() =>
        Assert.Equal(Enum.GetValues<ProxyProtocolFault>().Select(ProxyProtocolFaults.Label).Distinct().Order(), Values("gateway.proxy_protocol.refusals", "reason"));

    [Fact]
    public void AcceptErrors_Tiers_AreTheirs() =>
        Assert.Equal(Enum.GetValues<AcceptErrorTier>().Select(SocketErrors.Label).Order(), Values("gateway.accept.errors", "tier"));

    /// <summary>A protocol that has not said whose messages its are would be counted as "other".</summary>
    [Fact]
    public void Protocols_EachOne_HasItsLabel()
    {
        var protocols = typeof(ProtocolRoutes).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IMessageHandler)))
            .Select(type => (IMessageHandler)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type))
            .ToArray();

        Assert.NotEmpty(protocols);
        Assert.All(protocols, protocol => Assert.Equal(protocol.Name, ClientProtocols.Labels[(int)protocol.Label]));
        Assert.All(protocols, protocol => Assert.Contains(protocol.Name, Values("gateway.connections", "protocol")));
    }

    [Fact]
    public void Series_AreAllPairsOfTheirValues()
    {
        var series = MetricLabels.Series("gateway.connections").Select(tags => string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"))).ToList();

        Assert.Equal(Values("gateway.connections", "state").Count() * Values("gateway.connections", "protocol").Count(), series.Distinct().Count());
        Assert.Contains("state=open,protocol=json", series);
        Assert.Equal(4, MetricLabels.Series("gateway.nodes").Count());
    }

    private static IEnumerable<string> Values(string instrument, string label) =>
        MetricLabels.Of(instrument).Single(one => one.Name == label).Values.Order();
}
