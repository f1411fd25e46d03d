using System.Net;
using Gateway.Configuration;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Gateway.Admin;

/// <summary>The admin side's services, its one endpoint and its routes.</summary>
internal static class AdminSide
{
    private const string MetricsPath = "/metrics";
    private const string DocumentPath = "/openapi/v1.json";

    // A request's head comes in one packet or two; the default of 30 s is for people's networks.
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(5);

    public static void AddServices(WebApplicationBuilder builder, GatewaySettings settings)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = PublishEndpoint.MaxBodyBytes(settings);
            kestrel.Limits.MaxConcurrentConnections = null; // AdminConnections, which does not refuse the newcomer
            kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
            kestrel.Listen(
                AddressText.TryParse(settings.Admin.Address, out var address) ? ListenAddress.Of(address) : new IPEndPoint(IPAddress.Loopback, 0),
                listen => listen.Protocols = HttpProtocols.Http1); // many requests on one connection would be one here
        });
        builder.Services.AddSingleton(provider => new AdminConnections(
            provider.GetRequiredService<DescriptorBudget>().Admin,
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        // Kestrel takes the last one.
        builder.Services.AddSingleton<IConnectionListenerFactory>(provider => new AdminListenerFactory(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider), provider.GetRequiredService<AdminConnections>()));

        builder.Services.AddSingleton<AdminKeys>();
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = AdminJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = AdminJson.Default.Options.DefaultIgnoreCondition;
        });
        builder.Services.AddOpenApi("v1", openApi => openApi
            .AddSchemaTransformer(ApiSchemas.WriteNumbersAsync)
            .AddDocumentTransformer(ApiDocument.DescribeAsync)
            .AddDocumentTransformer(ApiSchemas.ExplainUsersAsync)
            .AddDocumentTransformer(ApiSchemas.TakeAnyJsonAsync)
            .AddDocumentTransformer(ApiSchemas.RequireWhatIsNeededAsync));
    }

    public static void Map(WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<HeadAsGet>();
        app.Use(AsPrometheusText);
        app.Use(DocumentWhole);
        app.UseRouting();
        app.UseMiddleware<Audit>();
        app.UseMiddleware<AdminAccess>();
        app.UseMiddleware<GivenQuery>();
        app.UseMiddleware<MeantNode>();
        app.UseMiddleware<AdminTurns>();
        app.UseMiddleware<JsonOnly>();
        app.UseMiddleware<PathNames>();

        _ = app.Services.GetRequiredService<GatewayMetrics>(); // every instrument is there at the first scrape
        HealthEndpoints.Map(app);
        app.MapPrometheusScrapingEndpoint(MetricsPath).WithMetadata(OpenAccess.Instance);
        app.MapOpenApi(DocumentPath).Needs(AdminRights.None);
        ConsolePage.Map(app);

        var api = app.MapGroup("/api/v1").WithMetadata(OfANode.Instance, MeantNode.Refusal);
        PublishEndpoint.Map(api);
        NodeEndpoints.Map(api);
        DiagnosisEndpoints.Map(api);
        UserEndpoints.Map(api);
        DrainEndpoints.Map(api);
        RuleEndpoints.Map(api);
        ListEndpoints.Map(api);
    }

    /// <summary>
    /// Metrics in Prometheus' own text, whoever asks: in OpenMetrics the library adds to each counter and histogram a series <c>_created</c>, which
    /// Prometheus keeps and nobody looks at. They were 361 of 779.
    /// </summary>
    private static Task AsPrometheusText(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == MetricsPath)
            context.Request.Headers.Accept = default;
        return next(context);
    }

    /// <summary>The library writes the document as it goes; this answer, too, says how long it is (<see cref="JsonAnswer"/>).</summary>
    private static async Task DocumentWhole(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != DocumentPath)
        {
            await next(context);
            return;
        }

        var body = context.Response.Body;
        using var whole = new MemoryStream();
        context.Response.Body = whole;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        if (whole.Length == 0)
            return; // refused: others say so
        context.Response.ContentLength = whole.Length;
        whole.Position = 0;
        await whole.CopyToAsync(body, context.RequestAborted);
    }
}
