using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Files that have changed, or are gone, and cannot be used: the node goes on with what it read before, and a restart would fail or serve what is wrong. A state and
/// no count, so that an alert ends with the mend.
/// </summary>
public sealed class UnusableFiles
{
    /// <summary>The rules about channels, with the rest of the configuration's files.</summary>
    public const string Rules = "rules";

    /// <summary>Certificates of an endpoint.</summary>
    public const string Certificates = "certificates";

    /// <summary>Keys that check tokens.</summary>
    public const string TokenKeys = "token_keys";

    private readonly ConcurrentDictionary<(string Part, string Source), bool> _sources = new();

    internal UnusableFiles(Meter meter) => meter.CreateObservableGauge(
        "gateway.files.unusable",
        () => Parts.Select(part => new Measurement<int>(_sources.Keys.Count(source => source.Part == part), new KeyValuePair<string, object?>("part", part))),
        "{source}",
        "Sources whose files have changed or are gone and cannot be used, by part: what was read before serves on, and a restart would fail, or serve what clients refuse.");

    /// <summary>Values of the tag.</summary>
    internal static IReadOnlyList<string> Parts { get; } = [Rules, Certificates, TokenKeys];

    /// <summary>Says whether a source can be used.</summary>
    /// <param name="part">One of the constants.</param>
    /// <param name="source">Which of them: its option.</param>
    /// <param name="isUnusable">It cannot.</param>
    public void Set(string part, string source, bool isUnusable)
    {
        if (isUnusable)
            _sources[(part, source)] = true;
        else
            _sources.TryRemove((part, source), out _);
    }
}
