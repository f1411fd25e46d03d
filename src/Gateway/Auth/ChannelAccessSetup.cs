using Gateway.Auth.Authorizer;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Configuration;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;

namespace Gateway.Auth;

/// <summary>Whom the node asks where a rule leaves it to somebody: those that are configured.</summary>
internal static class ChannelAccessSetup
{
    public static void Add(IServiceCollection services, GatewaySettings settings)
    {
        if (settings.Authorizer.IsEnabled)
        {
            services.AddSingleton<IChannelAuthorizer>(provider => new HttpChannelAuthorizer(
                settings.Authorizer,
                settings.Gateway.Node.EnsureName(),
                provider.GetRequiredService<GatewayMetrics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HttpChannelAuthorizer>>()));
        }

        if (settings.SubscriptionTokens.IsEnabled)
        {
            services.AddSingleton<ISubscriptionTokenValidator>(provider => new SubscriptionTokenValidator(
                settings.SubscriptionTokens.ReadKey(), provider.GetRequiredService<TimeProvider>()));
        }
    }
}
