using Gateway.Configuration;
using Gateway.Core.Access;
using Gateway.Core.Telemetry;

namespace Gateway.Auth;

/// <summary>Registers what judges tokens, if there are keys to do so with.</summary>
internal static class AuthSetup
{
    public static void Add(IServiceCollection services, GatewaySettings settings)
    {
        var options = settings.Jwt;
        if (!options.HasKeys)
            return;
        if (options.JwksUri.Length > 0)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<JwksSource>(provider, options));
            services.AddHostedService(provider => provider.GetRequiredService<JwksSource>());
        }

        services.AddSingleton(provider => new JwtKeys(
            options,
            provider.GetService<JwksSource>(),
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JwtKeys>>()));
        services.AddSingleton<ITokenValidator>(provider => new JwtValidator(
            options, provider.GetRequiredService<JwtKeys>(), provider.GetRequiredService<TimeProvider>()));
    }
}
