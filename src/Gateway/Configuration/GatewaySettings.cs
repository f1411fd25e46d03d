using Gateway.Admin;
using Gateway.Auth;
using Gateway.Auth.Authorizer;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Core.Options;
using Gateway.Redis;
using Gateway.Telemetry;

namespace Gateway.Configuration;

/// <summary>The configuration, read, judged and bound.</summary>
internal sealed class GatewaySettings
{
    /// <summary><c>Development</c>, <c>Production</c>, …</summary>
    public required string Environment { get; init; }

    /// <summary>The whole configuration, for logging.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>The engine's options.</summary>
    public GatewayOptions Gateway { get; } = new();

    /// <summary>The admin side's options.</summary>
    public AdminOptions Admin { get; } = new();

    /// <summary>The options of the Redis broker.</summary>
    public RedisOptions Redis { get; } = new();

    /// <summary>With which keys clients' tokens are checked.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>Where traces and metrics are sent.</summary>
    public OtlpOptions Otlp { get; } = new();

    /// <summary>The backend that rules may ask.</summary>
    public AuthorizerOptions Authorizer { get; } = new();

    /// <summary>The key of subscription tokens.</summary>
    public SubscriptionTokenOptions SubscriptionTokens { get; } = new();

    /// <summary>What was set and means nothing; found when it is first asked for, which is at the start alone.</summary>
    public IReadOnlyList<UnknownOption> Unknown => FoundUnknown.Value;

    /// <summary>Where each of the client endpoints stands in the configuration.</summary>
    public IReadOnlyList<string> EndpointPaths { get; private set; } = [];

    /// <summary>Where each of the rules stands in the configuration.</summary>
    public IReadOnlyList<string> RulePaths { get; private set; } = [];

    /// <summary>Whether hints for a first try are welcome.</summary>
    public bool IsDevelopment => string.Equals(Environment, "Development", StringComparison.OrdinalIgnoreCase);

    private Lazy<IReadOnlyList<UnknownOption>> FoundUnknown { get; init; } = new(() => []);

    /// <summary>Binds the configuration. With errors, the settings hold defaults where a value was wrong.</summary>
    /// <param name="configuration">All of it.</param>
    /// <param name="environment"><c>Development</c>, <c>Production</c>, …</param>
    /// <param name="commandLine">The keys that the command line sets, each of which should be an option.</param>
    public static (GatewaySettings Settings, IReadOnlyList<ConfigurationError> Errors) Bind(
        IConfigurationRoot configuration, string environment, params IEnumerable<string> commandLine)
    {
        var errors = new List<ConfigurationError>();
        var normal = new Dictionary<string, string?>();
        foreach (var option in ConfiguredOptions.Find(configuration))
        {
            var error = OptionReader.Read(option, out var value);
            normal[option.Key] = error is null ? value : OptionReader.Normalise(option.Option, option.Option.Default);
            if (error is not null)
                errors.Add(error);
        }

        // The binder would take null for a text.
        foreach (var (option, key) in ConfiguredOptions.FindNull(configuration))
            normal[key] = OptionReader.Normalise(option, option.Default);

        errors.AddRange(LoggingRules.Check(configuration));
        var settings = new GatewaySettings
        {
            Environment = environment,
            Configuration = configuration,
            FoundUnknown = new Lazy<IReadOnlyList<UnknownOption>>(() => [.. UnknownOptions.Find(configuration, commandLine)]),
            EndpointPaths = ItemPaths(configuration, "Gateway:Endpoints"),
            RulePaths = ItemPaths(configuration, "Gateway:Rules"),
        };

        settings.BindSections(new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(normal).Build());
        errors.AddRange(ConfigurationRules.Check(settings, errors));
        errors.AddRange(TlsRules.Check(settings, errors));
        errors.AddRange(AuthRules.Check(settings, errors));
        errors.AddRange(ChannelRuleChecks.Check(settings, errors));
        errors.AddRange(AdminKeyRules.Check(settings, errors));
        errors.AddRange(SecurityRules.Check(settings, errors));
        return (settings, errors);
    }

    private static string[] ItemPaths(IConfigurationRoot configuration, string list) =>
        [.. configuration.GetSection(list).GetChildren().Where(item => item.GetChildren().Any()).Select(item => item.Path)];

    /// <summary>The one place where sections are bound; <see cref="OptionCatalog"/> lists the same.</summary>
    private void BindSections(IConfiguration configuration)
    {
        configuration.GetSection("Gateway").Bind(Gateway);
        configuration.GetSection("Gateway:Admin").Bind(Admin);
        configuration.GetSection("Gateway:Redis").Bind(Redis);
        configuration.GetSection("Gateway:Auth:Jwt").Bind(Jwt);
        configuration.GetSection("Gateway:Telemetry:Otlp").Bind(Otlp);
        configuration.GetSection("Gateway:Authorizer").Bind(Authorizer);
        configuration.GetSection("Gateway:Auth:SubscriptionTokens").Bind(SubscriptionTokens);
    }
}
