using Gateway.Configuration;
using Gateway.Core.Brokers;

namespace Gateway.Hosting;

/// <summary>The one place where the broker is chosen: without <c>Gateway:Redis:Configuration</c> the node runs alone, in process.</summary>
internal static class BrokerFactory
{
    public static IBroker Create(GatewaySettings settings) =>
        string.IsNullOrEmpty(settings.Configuration["Gateway:Redis:Configuration"])
            ? throw new NotSupportedException("InProcessBroker") // new InProcessBroker()
            : throw new NotSupportedException("RedisBroker");
}
