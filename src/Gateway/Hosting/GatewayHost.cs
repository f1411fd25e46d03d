using Gateway.Admin;
using Gateway.Auth;
using Gateway.Configuration;
using Gateway.Core;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Gateway.Redis;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Hosting;

/// <summary>Puts the program together: logging, the node, the admin side, and the service that starts and stops the node.</summary>
internal static class GatewayHost
{
    // What the admin side and the exporters may take after the node has stopped.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    /// <param name="settings">The configuration, free of errors.</param>
    /// <param name="replace">Puts other services in place of the program's own, for tests.</param>
    public static WebApplication Build(GatewaySettings settings, Action<IServiceCollection>? replace = null)
    {
        // Empty: addresses come from Gateway:Admin:Address alone, whatever ASPNETCORE_URLS or an image's ASPNETCORE_HTTP_PORTS say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Gateway",
            EnvironmentName = settings.Environment,
        });
        builder.Configuration.AddConfiguration(settings.Configuration);
        LoggingSetup.Add(builder.Logging, settings.Configuration);

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Gateway.Drain.Timeout + StopMargin);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        builder.Services.AddSingleton(settings);
        AddNode(builder.Services, settings);
        AdminSide.AddServices(builder, settings);
        TelemetrySetup.Add(builder.Services, settings);
        builder.Services.AddHostedService<GatewayService>();
        builder.Services.AddHostedService<RulesReload>();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        AdminSide.Map(app);
        return app;
    }

    private static void AddNode(IServiceCollection services, GatewaySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayMetrics>();
        AuthSetup.Add(services, settings);
        services.AddSingleton(provider => BrokerFactory.Create(
            settings,
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisBroker>>()));
        ChannelAccessSetup.Add(services, settings);
        services.AddSingleton(DescriptorBudget.Read(settings.Authorizer.IsEnabled ? settings.Authorizer.MaxConcurrent : 0));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayNode>(provider, settings.Gateway));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayServer>(provider, settings.Gateway));
        services.AddSingleton<INodeServer>(provider => provider.GetRequiredService<GatewayServer>());
        services.AddSingleton<INodeStatus>(Node);
        // The admin side speaks to the node's rooms themselves.
        services.AddSingleton(provider => Node(provider).Publisher);
        services.AddSingleton(provider => Node(provider).Investigator);
        services.AddSingleton(provider => Node(provider).Removals);
        services.AddSingleton(provider => Node(provider).Rules);

        static GatewayNode Node(IServiceProvider provider) => provider.GetRequiredService<GatewayNode>();
    }
}
