using Gateway.Configuration;
using Gateway.Core.Options;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Configuration;

public class GatewaySettingsTests
{
    [Fact]
    public void Settings_NothingConfigured_HoldsDefaultsWithoutErrors()
    {
        var (settings, errors) = Bound.Of();

        Assert.Empty(errors);
        Assert.Empty(settings.Unknown);
        Assert.Equal(4 * 1024 * 1024, settings.Gateway.Limits.MaxQueueBytes);
        Assert.Equal("127.0.0.1:8081", settings.Admin.Address);
        Assert.False(settings.Gateway.Auth.AllowAnonymous);
    }

    /// <summary>As a file can say: it is as good as not said, for each option there is.</summary>
    [Fact]
    public void Settings_OfNull_AreTheDefaults()
    {
        var (settings, errors) = Bound.Of([.. OptionCatalog.Sections.SelectMany(section => section.Options)
            .Where(option => !option.Name.StartsWith("Gateway:Endpoints:", StringComparison.Ordinal) && !option.Name.StartsWith("Gateway:Rules:", StringComparison.Ordinal))
            .Select(option => (option.Name, (string?)null))]);

        // The one option that somebody must have said something of, outside of Development.
        Assert.Equal(["Gateway:Auth:AllowAnonymous"], errors.Select(error => error.Option));
        Assert.Equal(("", "", "token", "gateway:"), (settings.Redis.Configuration, settings.Gateway.BasePath, settings.Gateway.Auth.TokenParameter, settings.Redis.Prefix));
        Assert.Equal(4 * 1024 * 1024, settings.Gateway.Limits.MaxQueueBytes);
    }

    [Fact]
    public void Settings_EveryKindOfValue_IsBound()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:Limits:MaxQueueBytes", "8MiB"),
            ("Gateway:Limits:MaxSubscriptions", "7"),
            ("Gateway:Heartbeat:Interval", "30"),
            ("Gateway:Echo:Enabled", "True"),
            ("Gateway:Rules:0:Pattern", "chat:*"),
            ("Gateway:Rules:0:Publish", "ANYONE"),
            ("Gateway:Endpoints:0:Address", "127.0.0.1:0"),
            ("Gateway:Endpoints:1:Address", "[::1]:0"),
            ("Gateway:Admin:ApiKey", "7f3c1e9a5b2d8064"));

        Assert.Empty(errors);
        Assert.Equal(8 * 1024 * 1024, settings.Gateway.Limits.MaxQueueBytes);
        Assert.Equal(7, settings.Gateway.Limits.MaxSubscriptions);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Gateway.Heartbeat.Interval);
        Assert.True(settings.Gateway.Echo.Enabled);
        Assert.Equal("chat:*", Assert.Single(settings.Gateway.Rules).Pattern);
        Assert.Equal(RuleAudience.Anyone, settings.Gateway.Rules[0].Publish);
        Assert.Equal(["127.0.0.1:0", "[::1]:0"], settings.Gateway.Endpoints.Select(endpoint => endpoint.Address));
        Assert.Equal("7f3c1e9a5b2d8064", settings.Admin.ApiKey);
    }

    [Fact]
    public void Settings_ListOfTexts_IsBoundAndEachItemJudged()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:TrustedProxies:0", "10.0.0.0/8"),
            ("Gateway:TrustedProxies:1", "2001:db8::1"),
            ("Gateway:TrustedProxies:2", "10.0.0/8"),
            ("Gateway:TrustedProxies:7", "proxy.example.com"),
            ("Gateway:ForwardedHeader", "X-Forwarded-For"));

        Assert.Equal(["Gateway:TrustedProxies:2", "Gateway:TrustedProxies:7"], errors.Select(error => error.Option));
        Assert.Contains("must be a network", errors[0].Problem, StringComparison.Ordinal);
        Assert.Equal(["10.0.0.0/8", "2001:db8::1", "", ""], settings.Gateway.TrustedProxies);
        Assert.Equal(ForwardedHeader.XForwardedFor, settings.Gateway.ForwardedHeader);
        Assert.Empty(settings.Unknown);
    }

    [Fact]
    public void ProxyProtocol_WithoutTrustedProxies_IsAnError()
    {
        Assert.Equal("Gateway:Endpoints:3:ProxyProtocol", Assert.Single(Bound.Of(("Gateway:Endpoints:3:ProxyProtocol", "true")).Errors).Option);
        Assert.Empty(Bound.Of(("Gateway:Endpoints:3:ProxyProtocol", "true"), ("Gateway:TrustedProxies:0", "::1/128")).Errors);
        // Known to be wrong already: one error is enough.
        Assert.Single(Bound.Of(("Gateway:Endpoints:3:ProxyProtocol", "true"), ("Gateway:TrustedProxies:0", "x")).Errors);
    }

    [Fact]
    public void Settings_ManyErrors_AreReportedTogetherByFullName()
    {
        var (_, errors) = Bound.Of(
            ("Gateway:Limits:MaxMessageBytes", "lots"),
            ("Gateway:Limits:MaxSubscriptions", "0"),
            ("Gateway:Heartbeat:Timeout", "2h"),
            ("Gateway:Echo:Enabled", "yes"),
            ("Gateway:Rules:3:Publish", "friends"),
            ("Gateway:Rules:3:Pattern", ""),
            ("Gateway:Endpoints:5:Address", "8080"),
            ("Gateway:BasePath", "realtime/"),
            ("Gateway:Drain:UnreadyDelay", "2m"),
            ("Gateway:Transport:Backend", "io_uring"),
            ("Logging:LogLevel:Default", "Loud"));

        Assert.Equal(
            [
                "Gateway:BasePath", "Gateway:Drain:UnreadyDelay", "Gateway:Echo:Enabled", "Gateway:Endpoints:5:Address", "Gateway:Heartbeat:Timeout",
                "Gateway:Limits:MaxMessageBytes", "Gateway:Limits:MaxSubscriptions", "Gateway:Rules:3:Pattern", "Gateway:Rules:3:Publish",
                "Gateway:Transport:Backend", "Logging:LogLevel:Default",
            ],
            errors.Select(error => error.Option).Order(StringComparer.Ordinal));
        Assert.All(errors, error => Assert.False(string.IsNullOrWhiteSpace(error.Remedy)));
        Assert.Contains("\"lots\"", errors.Single(error => error.Option.EndsWith("MaxMessageBytes", StringComparison.Ordinal)).ToString());
    }

    [Theory]
    [InlineData("Gateway:Limits:MaxMessageBytes", "3000000000")]
    [InlineData("Gateway:Limits:MaxMessageBytes", "99999999999999999999999999999999")]
    [InlineData("Gateway:Limits:MaxConnections", "99999999999")]
    [InlineData("Gateway:Transport:UserTimeout", "999ms")]
    [InlineData("Gateway:Memory:BudgetBytes", "1025TiB")]
    [InlineData("Gateway:Memory:BudgetBytes", "1125899906842625")]
    [InlineData("Gateway:Limits:MaxConnections", "-1")]
    [InlineData("Gateway:Limits:MaxConnections", "")]
    [InlineData("Gateway:Limits:MaxConnections", "1.5")]
    [InlineData("Gateway:Heartbeat:Interval", "30 days")]
    [InlineData("Gateway:Heartbeat:Interval", "-30s")]
    [InlineData("Gateway:Heartbeat:Interval", "1e300")]
    [InlineData("Gateway:Rules:0:Subscribe", "1")]
    [InlineData("Gateway:Rules:0:Pattern", "  ")]
    [InlineData("Gateway:Rules:0:SlowConsumer", "drop")]
    [InlineData("Gateway:Rules:0:ConflateKey", "symbol")]
    [InlineData("Gateway:Rules:0:ConflateKey", "/symbol")] // of no use without conflate
    [InlineData("Gateway:Rules:0:MaxBehindBytes", "-1")]
    [InlineData("Gateway:Node:Name", "a node")]
    [InlineData("Gateway:Admin:Address", "localhost:8081")]
    [InlineData("Gateway:Admin:Address", "127.0.0.1")]
    [InlineData("Gateway:Admin:Address", "::1:8081")]
    [InlineData("Gateway:Admin:Address", "127.0.0.1:65536")]
    public void Settings_OneWrongValue_IsOneErrorThatNamesIt(string option, string value)
    {
        var (_, errors) = Bound.Of((option, value));

        Assert.Equal(option, Assert.Single(errors).Option);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1s", 1)]
    [InlineData("00:10:00", 600)]
    public void Settings_UserTimeout_MayBeOffWhichIsTheDefault(string? value, int seconds)
    {
        var (settings, errors) = Bound.Of(("Gateway:Transport:UserTimeout", value));

        Assert.Empty(errors);
        Assert.Equal(TimeSpan.FromSeconds(seconds), settings.Gateway.Transport.UserTimeout);
    }

    [Fact]
    public void Settings_SlowConsumerOfARule_AreBound()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:Rules:4:Pattern", "prices:*"), ("Gateway:Rules:4:SlowConsumer", "conflate"), ("Gateway:Rules:4:ConflateKey", "/a~1b/0"), ("Gateway:Rules:4:MaxBehindBytes", "64KiB"),
            ("Gateway:Rules:5:SlowConsumer", "drop-oldest"));

        Assert.Empty(errors);
        Assert.Equal((SlowConsumer.Conflate, "/a~1b/0", 65_536), (settings.Gateway.Rules[0].SlowConsumer, settings.Gateway.Rules[0].ConflateKey, settings.Gateway.Rules[0].MaxBehindBytes));
        Assert.Equal((SlowConsumer.DropOldest, "", 0), (settings.Gateway.Rules[1].SlowConsumer, settings.Gateway.Rules[1].ConflateKey, settings.Gateway.Rules[1].MaxBehindBytes));
    }

    [Fact]
    public void Settings_KeyWithoutConflate_IsNamedByTheRulesOwnPlace()
    {
        var (_, errors) = Bound.Of(("Gateway:Rules:4:SlowConsumer", "drop-newest"), ("Gateway:Rules:4:ConflateKey", "/a"));

        Assert.Equal("Gateway:Rules:4:ConflateKey", Assert.Single(errors).Option);
    }

    [Fact]
    public void Settings_WrongSecret_IsNotPrinted()
    {
        var (_, errors) = Bound.Of(("Gateway:Admin:ApiKey", "my secret"));

        Assert.DoesNotContain("my secret", Assert.Single(errors).ToString());
    }

    [Fact]
    public void Settings_QueueBelowTwoMessages_SaysHowMuchIsNeeded()
    {
        var (_, errors) = Bound.Of(("Gateway:Limits:MaxPublicationBytes", "4MiB"), ("Gateway:Limits:MaxQueueBytes", "8MiB"));

        var error = Assert.Single(errors);
        Assert.Equal("Gateway:Limits:MaxQueueBytes", error.Option);
        Assert.Contains("8389632", error.Remedy);
    }

    [Fact]
    public void Settings_QueueOfExactlyTwoMessagesAnd1024_IsEnough()
    {
        var (_, errors) = Bound.Of(("Gateway:Limits:MaxPublicationBytes", "4MiB"), ("Gateway:Limits:MaxQueueBytes", "8389632"));

        Assert.Empty(errors);
    }

    [Fact]
    public void Settings_RequestSmallerThanItsLine_IsAnError()
    {
        var (_, errors) = Bound.Of(("Gateway:Handshake:MaxRequestLineBytes", "8KiB"), ("Gateway:Handshake:MaxRequestBytes", "4KiB"));

        Assert.Equal("Gateway:Handshake:MaxRequestBytes", Assert.Single(errors).Option);
    }

    [Theory]
    [InlineData("[::]:9000", "127.0.0.1:9000", true)]
    [InlineData("0.0.0.0:9000", "127.0.0.1:9000", true)]
    [InlineData("127.0.0.1:9000", "127.0.0.1:9000", true)]
    [InlineData("127.0.0.1:9000", "127.0.0.1:9001", false)]
    [InlineData("127.0.0.1:9000", "127.0.0.2:9000", false)]
    [InlineData("0.0.0.0:9000", "[::1]:9000", false)]
    [InlineData("[::]:0", "127.0.0.1:0", false)]
    public void Settings_AdminBesideClientAddress_IsAnErrorWhenTheyOverlap(string client, string admin, bool wrong)
    {
        var (_, errors) = Bound.Of(("Gateway:Endpoints:0:Address", client), ("Gateway:Admin:Address", admin));

        Assert.Equal(wrong ? ["Gateway:Admin:Address"] : [], errors.Select(error => error.Option));
    }

    [Fact]
    public void Settings_AdminOnTheDefaultClientPort_IsAnError()
    {
        var (_, errors) = Bound.Of(("Gateway:Admin:Address", "127.0.0.1:8080"));

        Assert.Contains("Gateway:Endpoints:0:Address", Assert.Single(errors).Problem);
    }

    [Fact]
    public void Settings_TlsOfAnEndpoint_IsBoundWithItsCertificates()
    {
        var (settings, errors) = Bound.Of(
            ("Gateway:Endpoints:0:Tls:CertificatePath", "/nowhere/own.pem"),
            ("Gateway:Endpoints:0:Tls:ClientCertificates", "none"),
            ("Gateway:Endpoints:0:Tls:Certificates:3:CertificatePath", "/nowhere/a.pem"),
            ("Gateway:Endpoints:0:Tls:Certificates:3:HostNames", "a.example"),
            ("Gateway:Tls:HandshakeTimeout", "3s"));

        // The files are looked at, and named by the options' own keys.
        Assert.Equal(
            ["Gateway:Endpoints:0:Tls:CertificatePath", "Gateway:Endpoints:0:Tls:Certificates:3:CertificatePath"],
            errors.Select(error => error.Option));
        Assert.Empty(settings.Unknown);
        Assert.Equal("a.example", Assert.Single(settings.Gateway.Endpoints[0].Tls.Certificates).HostNames);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Gateway.Tls.HandshakeTimeout);
    }

    [Theory]
    [InlineData("Gateway:Endpoints:2:Tls:KeyPath", "/nowhere/key.pem", "Gateway:Endpoints:2:Tls:CertificatePath")]
    [InlineData("Gateway:Endpoints:2:Tls:ClientCertificates", "required", "Gateway:Endpoints:2:Tls:CertificatePath")]
    [InlineData("Gateway:Endpoints:2:Tls:ClientCertificates", "sometimes", "Gateway:Endpoints:2:Tls:ClientCertificates")]
    [InlineData("Gateway:Endpoints:2:Tls:MinimumVersion", "1.1", "Gateway:Endpoints:2:Tls:MinimumVersion")]
    public void Settings_TlsWithoutSense_IsOneError(string option, string value, string expected)
    {
        var (_, errors) = Bound.Of((option, value));

        Assert.Equal(expected, Assert.Single(errors).Option);
    }

    [Theory]
    [InlineData("Gateway:Limit:MaxQueueBytes", "Gateway:Limits:MaxQueueBytes")]
    [InlineData("Gateway:Endpoints:0:Adress", "Gateway:Endpoints:0:Address")]
    [InlineData("Gateway:Admin:Key", "Gateway:Admin:ApiKey")]
    public void Settings_UnknownKey_IsToldWithTheNearestName(string key, string nearest)
    {
        var (settings, errors) = Bound.Of((key, "1"));

        Assert.Empty(errors);
        Assert.Equal((key, nearest), (Assert.Single(settings.Unknown).Key, settings.Unknown[0].Nearest));
    }

    [Theory]
    [InlineData("port", "--Gateway:Endpoints:0:Address")]
    [InlineData("urls", "--Gateway:Endpoints:0:Address")]
    [InlineData("Redis:Configuration", "--Gateway:Redis:Configuration")]
    [InlineData("redis-url", "--Gateway:Redis:Configuration")]
    [InlineData("Gatway:Redis:Configuration", "--Gateway:Redis:Configuration")]
    [InlineData("Limits:MaxConections", "--Gateway:Limits:MaxConnections")]
    [InlineData("Gateway.Node.Name", "--Gateway:Node:Name")]
    public void Settings_UnknownOnTheCommandLine_IsToldWithTheNearestName(string key, string nearest)
    {
        var line = CommandLine.Parse([$"--{key}=1", "--Gateway:Node:Name=n", "--environment=Staging", "--Logging:LogLevel:Default=Warning"]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(line.Values).Build();

        var (settings, _) = GatewaySettings.Bind(configuration, "Staging", line.Values.Keys);

        Assert.Equal(($"--{key}", nearest), (Assert.Single(settings.Unknown).Key, settings.Unknown[0].Nearest));
    }

    [Theory]
    [InlineData("GATEWAY_REDIS_CONFIGURATION", "localhost", "Gateway__Redis__Configuration")]
    [InlineData("GATEWAY_REDIS_URL", "redis://localhost", "Gateway__Redis__Configuration")]
    [InlineData("gateway_port", "9000", "Gateway__Endpoints__0__Address")]
    [InlineData("GatewayAdminAddress", "x", "Gateway__Admin__Address")]
    [InlineData("GATEWAY_PORT", "tcp://10.0.0.1:8080", null)] // Kubernetes names a Service so
    [InlineData("GATEWAY_SERVICE_HOST", "10.0.0.1", null)]
    [InlineData("GATEWAY_SERVICE_PORT_WS", "8080", null)]
    [InlineData("GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1", null)]
    [InlineData("Gateway:Node:Name", "n", null)]
    [InlineData("PATH", "/bin", null)]
    public void Settings_VariableOfTheProgramsName_IsToldWithTheNearestName(string variable, string value, string? nearest)
    {
        var (settings, _) = Bound.Of((variable, value));

        Assert.Equal(nearest is null ? [] : [(variable, nearest)], settings.Unknown.Select(unknown => (unknown.Key, unknown.Nearest)));
    }
}
