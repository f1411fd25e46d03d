using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gateway.Configuration;
using Gateway.Core.Rules;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Configuration.Json;

namespace Gateway.Hosting;

/// <summary>
/// Reads the configuration's files again when one of them has changed, or on SIGHUP, and puts their rules about channels in force: all of
/// them at once, or, if anything in them is wrong, none. Log levels follow the files by themselves; other options wait for a restart.
/// </summary>
internal sealed partial class RulesReload(GatewaySettings settings, IRuleBook rules, GatewayMetrics metrics, TimeProvider time, ILogger<RulesReload> log)
    : BackgroundService
{
    // By content and not by time: a mounted ConfigMap changes behind links whose own times stay.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private volatile bool _isAsked;
    private bool _isUnreadable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Configuration is not IConfigurationRoot configuration)
            return;
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true; // else it would end the process
            _isAsked = true;
        });
        using var timer = new PeriodicTimer(Interval, time);
        var seen = Fingerprint(configuration, out _);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = Fingerprint(configuration, out var unreadable);
                if (unreadable is not null)
                {
                    OnUnreadable(unreadable);
                    continue;
                }

                if (now == seen && !_isAsked && !_isUnreadable)
                    continue;
                _isAsked = false;
                seen = now;
                Reload(configuration);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    /// <summary>What cannot be read has not changed: nothing is put in force, and it is read once it can be.</summary>
    private void OnUnreadable(string why)
    {
        metrics.UnusableFiles.Set(UnusableFiles.Rules, "Gateway:Rules", isUnusable: true);
        if (!_isUnreadable)
        {
            Count("failed");
            LogUnreadable(why);
        }

        _isUnreadable = true;
    }

    /// <summary>One reading.</summary>
    internal void Reload(IConfigurationRoot configuration)
    {
        var errors = Read(configuration, out var read, out var unreadable);
        if (unreadable is not null)
        {
            OnUnreadable(unreadable);
            return;
        }

        _isUnreadable = false;
        metrics.UnusableFiles.Set(UnusableFiles.Rules, "Gateway:Rules", isUnusable: errors.Count > 0);
        if (errors.Count > 0)
        {
            var all = string.Join("; ", errors);
            LogFailed(errors.Count, all);
            Count("failed");
            return;
        }

        var isChange = rules.ApplyRules(read!.Gateway.Rules);
        Count(isChange ? "loaded" : "unchanged");
        if (!isChange)
            return;
        foreach (var rule in ChannelRuleChecks.FindUnreachable(read))
            LogUnreachable(rule.Path, rule.Pattern, rule.By, rule.ByPattern);
    }

    /// <summary>What is wrong with the files.</summary>
    /// <param name="configuration">Whose.</param>
    /// <param name="read">What they say, as far as it is right.</param>
    /// <param name="unreadable">Why one of them could not be read, although a moment ago it could; null: all could.</param>
    private IReadOnlyList<string> Read(IConfigurationRoot configuration, out GatewaySettings? read, out string? unreadable)
    {
        (read, unreadable) = (null, null);
        string? fault = null;
        try
        {
            configuration.Reload();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException { InnerException: IOException or UnauthorizedAccessException })
        {
            unreadable = e is InvalidDataException ? e.InnerException!.Message : e.Message;
            return [];
        }
        catch (InvalidDataException e)
        {
            return [$"{e.Message} {e.InnerException?.Message}".TrimEnd()];
        }
        catch (AggregateException e)
        {
            // What listens to the configuration, as logging does for its levels, throws at a wrong value, and keeps what it had.
            fault = e.GetBaseException().Message;
        }

        (read, var errors) = GatewaySettings.Bind(configuration, settings.Environment);
        if (errors.Count == 0 && fault is not null)
            return [fault];
        return [.. errors.Concat(errors.Count == 0 ? ChannelRuleChecks.FindMissing(settings, read) : []).Select(error => error.ToString())];
    }

    /// <summary>Of what the files hold; one that is not there holds nothing.</summary>
    /// <param name="configuration">Whose.</param>
    /// <param name="unreadable">The first that is there and cannot be read, and why; null: all can.</param>
    private static string Fingerprint(IConfigurationRoot configuration, out string? unreadable)
    {
        unreadable = null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in configuration.Providers.OfType<JsonConfigurationProvider>().Select(provider => provider.Source))
        {
            var file = source.FileProvider?.GetFileInfo(source.Path ?? "");
            try
            {
                hash.AppendData(file is { Exists: true, PhysicalPath: { } path } ? File.ReadAllBytes(path) : []);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Being replaced at this moment: the next look sees it.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable ??= e.Message;
            }

            hash.AppendData([0]);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Count(string result) => metrics.RulesReloads.Add(1, new KeyValuePair<string, object?>("result", result));

    [LoggerMessage(3020, LogLevel.Error, "The configuration's files were read anew and have {Count} errors: {Errors}. The rules about channels stay as they were, and the node would not start anew with these files")]
    private partial void LogFailed(int count, string errors);

    [LoggerMessage(3021, LogLevel.Warning, "{Rule} ('{Pattern}') never decides: {By} ('{ByPattern}') stands before it and is about all its channels. Change their order, or remove it")]
    private partial void LogUnreachable(string rule, string pattern, string by, string byPattern);

    [LoggerMessage(3022, LogLevel.Error, "The configuration cannot be read: {Reason} The rules about channels stay as they were, and the node might not start anew; it is read again as soon as it can be. Mend what the reason names: the file's rights, its disk, or the limit of descriptors")]
    private partial void LogUnreadable(string reason);
}
