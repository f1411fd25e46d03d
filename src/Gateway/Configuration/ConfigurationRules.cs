using System.Net;
using Gateway.Admin;
using Gateway.Core.Options;
using Gateway.Redis;

namespace Gateway.Configuration;

/// <summary>What options must hold together. A rule is silent when one of its options is already known to be wrong.</summary>
internal sealed class ConfigurationRules
{
    private readonly GatewaySettings _settings;
    private readonly HashSet<string> _wrong;
    private readonly List<ConfigurationError> _errors = [];

    private ConfigurationRules(GatewaySettings settings, IEnumerable<ConfigurationError> known)
    {
        _settings = settings;
        _wrong = known.Select(error => error.Option).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    public static IReadOnlyList<ConfigurationError> Check(GatewaySettings settings, IReadOnlyList<ConfigurationError> known)
    {
        var rules = new ConfigurationRules(settings, known);
        rules.QueueHoldsTwoMessages();
        rules.RequestHoldsItsLine();
        rules.DelayEndsBeforeTheTimeout();
        rules.AddressesAreFree();
        rules.ProxiesAreNamed();
        rules.EpollIsThere();
        rules.UserTimeoutIsOffOrASecond();
        rules.MetricsHaveACollector();
        rules.KeysAreConflated();
        rules.MemoryIsEnoughAndItsStagesInOrder();
        rules.SecretsHaveOneSource();
        return rules._errors;
    }

    private void QueueHoldsTwoMessages()
    {
        const string Queue = "Gateway:Limits:MaxQueueBytes", Message = "Gateway:Limits:MaxMessageBytes", Publication = "Gateway:Limits:MaxPublicationBytes";
        var limits = _settings.Gateway.Limits;
        // Two of the largest payloads and their envelopes: one being sent, one waiting.
        var needed = (2L * Math.Max(limits.MaxMessageBytes, limits.MaxPublicationBytes)) + 1024;
        if (AreRight(Queue, Message, Publication) && limits.MaxQueueBytes < needed)
        {
            var larger = limits.MaxMessageBytes >= limits.MaxPublicationBytes ? Message : Publication;
            Add(Queue, SizeText.Format(limits.MaxQueueBytes), $"is less than twice {larger} ({SizeText.Format(needed / 2 - 512)}) and 1024 bytes.",
                $"Set at least {needed}, or lower {larger}.");
        }
    }

    private void RequestHoldsItsLine()
    {
        const string Request = "Gateway:Handshake:MaxRequestBytes", Line = "Gateway:Handshake:MaxRequestLineBytes";
        var handshake = _settings.Gateway.Handshake;
        if (AreRight(Request, Line) && handshake.MaxRequestBytes < handshake.MaxRequestLineBytes)
        {
            Add(Request, SizeText.Format(handshake.MaxRequestBytes), $"is less than {Line} ({SizeText.Format(handshake.MaxRequestLineBytes)}).",
                $"Set at least {SizeText.Format(handshake.MaxRequestLineBytes)}, or lower {Line}.");
        }
    }

    private void DelayEndsBeforeTheTimeout()
    {
        const string Delay = "Gateway:Drain:UnreadyDelay", Timeout = "Gateway:Drain:Timeout";
        var shutdown = _settings.Gateway.Drain;
        if (AreRight(Delay, Timeout) && shutdown.UnreadyDelay >= shutdown.Timeout)
        {
            Add(Delay, DurationText.Format(shutdown.UnreadyDelay), $"leaves no time to close connections within {Timeout} ({DurationText.Format(shutdown.Timeout)}).",
                $"Set less than {DurationText.Format(shutdown.Timeout)}, or raise {Timeout}.");
        }
    }

    private void EpollIsThere()
    {
        const string Backend = "Gateway:Transport:Backend";
        if (AreRight(Backend) && _settings.Gateway.Transport.Backend == "epoll" && !OperatingSystem.IsLinux())
            Add(Backend, "epoll", "is a part of Linux, and this system has none.", "Set 'auto' or 'sockets'.");
    }

    private void UserTimeoutIsOffOrASecond()
    {
        const string Timeout = "Gateway:Transport:UserTimeout";
        var time = _settings.Gateway.Transport.UserTimeout;
        // Less than a retransmission takes: every lost segment would end its connection.
        if (AreRight(Timeout) && time > TimeSpan.Zero && time < TimeSpan.FromSeconds(1))
            Add(Timeout, DurationText.Format(time), "is less than the kernel needs to send a lost segment again.", "Set 1s at least, or 0 to leave it to the heartbeat and Gateway:Transport:SendTimeout.");
    }

    private void MemoryIsEnoughAndItsStagesInOrder()
    {
        const string Shed = "Gateway:Memory:ShedAtPercent", Upgrades = "Gateway:Memory:RefuseUpgradesAtPercent", Publications = "Gateway:Memory:RefusePublicationsAtPercent";
        const string Budget = "Gateway:Memory:BudgetBytes";
        const long Least = 64 * 1024 * 1024;
        var memory = _settings.Gateway.Memory;
        if (AreRight(Budget) && memory.BudgetBytes is > 0 and < Least)
            Add(Budget, SizeText.Format(memory.BudgetBytes), "is less than the program needs by itself.", $"Set at least {SizeText.Format(Least)}, or 0 for the limit of the control group or the machine.");
        foreach (var (first, at, next, nextAt) in new[] { (Shed, memory.ShedAtPercent, Upgrades, memory.RefuseUpgradesAtPercent), (Upgrades, memory.RefuseUpgradesAtPercent, Publications, memory.RefusePublicationsAtPercent) })
        {
            if (AreRight(first, next) && at >= nextAt)
                Add(first, $"{at}", $"is not below {next} ({nextAt}): the stages follow each other.", $"Set less than {nextAt}, or raise {next}.");
        }
    }

    private void SecretsHaveOneSource()
    {
        const string Password = "Gateway:Redis:PasswordPath", Redis = "Gateway:Redis:Configuration";
        foreach (var scope in AdminKeys.Scopes)
        {
            var (key, path) = (scope.Option, scope.Option + "Path");
            if (AreRight(key, path) && scope.Key(_settings.Admin).Length > 0 && scope.Path(_settings.Admin).Length > 0)
                Add(path, scope.Path(_settings.Admin), $"is set, and so is {key}.", "Set one of them; the file may hold several keys.");
        }

        if (!AreRight(Password, Redis) || _settings.Redis.PasswordPath.Length == 0)
            return;
        if (_settings.Redis.Configuration.Length == 0)
            Add(Password, _settings.Redis.PasswordPath, $"is set, but {Redis} is not.", $"Set {Redis}, or leave this empty.");
        else if (RedisConnectionString.Parse(_settings.Redis.Configuration).Password is { Length: > 0 })
            Add(Password, _settings.Redis.PasswordPath, $"is set, and {Redis} has a password too.", "Set one of them.");
    }

    private void MetricsHaveACollector()
    {
        const string Metrics = "Gateway:Telemetry:Otlp:Metrics", Endpoint = "Gateway:Telemetry:Otlp:Endpoint";
        if (AreRight(Metrics, Endpoint) && _settings.Otlp is { Metrics: true, IsEnabled: false })
            Add(Metrics, "true", $"sends metrics nowhere: {Endpoint} is empty.", $"Set {Endpoint}, or leave it false: /metrics is there in any case.");
    }

    private void KeysAreConflated()
    {
        foreach (var (path, rule) in _settings.RulePaths.Zip(_settings.Gateway.Rules))
        {
            if (AreRight(path + ":ConflateKey", path + ":SlowConsumer") && rule.ConflateKey.Length > 0 && rule.SlowConsumer != SlowConsumer.Conflate)
                Add(path + ":ConflateKey", rule.ConflateKey, $"is of no use: {path}:SlowConsumer is {ChoiceText.Format(rule.SlowConsumer.ToString())}.", $"Set {path}:SlowConsumer=conflate, or leave the key out.");
        }
    }

    private void AddressesAreFree()
    {
        var taken = new List<(string Option, IPEndPoint Address)>();
        foreach (var (option, text) in Addresses())
        {
            if (!AreRight(option))
                continue;
            if (!AddressText.TryParse(text, out var address))
                Add(option, text, $"is not {AddressText.Example}.", $"Set {AddressText.Example}.");
            else if (taken.FirstOrDefault(other => AddressText.Overlap(other.Address, address)) is { Option: { } other })
                Add(option, text, $"takes the same port as {other}.", "Set another port; 0 takes a free one.");
            else
                taken.Add((option, address));
        }
    }

    private void ProxiesAreNamed()
    {
        var gateway = _settings.Gateway;
        if (_wrong.Any(option => option.StartsWith("Gateway:TrustedProxies", StringComparison.OrdinalIgnoreCase)) || gateway.TrustedProxies.Any(network => network.Length > 0))
            return;
        foreach (var (path, endpoint) in _settings.EndpointPaths.Zip(gateway.Endpoints))
        {
            if (endpoint.ProxyProtocol)
                Add(path + ":ProxyProtocol", "true", "lets nobody in: no proxy is trusted to send the header.", "Set Gateway:TrustedProxies:0 to the proxies' network, such as 10.0.0.0/8.");
        }
    }

    private IEnumerable<(string Option, string Address)> Addresses()
    {
        if (_settings.Gateway.Endpoints.Count == 0)
            yield return ("Gateway:Endpoints:0:Address", EndpointOptions.DefaultAddress);
        // The binder keeps the order of the keys but not the keys: Gateway:Endpoints:7 alone becomes the first item.
        foreach (var (endpoint, path) in _settings.Gateway.Endpoints.Zip(_settings.EndpointPaths))
            yield return (path + ":Address", endpoint.Address);
        yield return ("Gateway:Admin:Address", _settings.Admin.Address);
    }

    private bool AreRight(params ReadOnlySpan<string> options)
    {
        foreach (var option in options)
        {
            if (_wrong.Contains(option))
                return false;
        }

        return true;
    }

    private void Add(string option, string value, string problem, string remedy) =>
        _errors.Add(new ConfigurationError(option, value, problem, remedy));
}
