using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>Messages of one direction and their bytes, by client protocol and kind. Counted per message, hence striped; read by scrapes.</summary>
internal sealed class TrafficCounters
{
    private static readonly string[] Kinds = ["text", "binary", "ping", "pong", "close"];

    private readonly StripedCounter[] _messages = [.. Series.Select(_ => new StripedCounter())];
    private readonly StripedCounter[] _bytes = [.. Series.Select(_ => new StripedCounter())];

    private static IEnumerable<(string Protocol, string Kind)> Series =>
        ClientProtocols.Labels.SelectMany(_ => Kinds, (protocol, kind) => (protocol, kind));

    /// <param name="protocol">Whose.</param>
    /// <param name="kind">Its place among the kinds: text, binary, ping, pong, close.</param>
    /// <param name="messages">How many, all alike.</param>
    /// <param name="bytes">Of one.</param>
    public void Add(ClientProtocol protocol, int kind, long messages, long bytes)
    {
        var series = ((int)protocol * Kinds.Length) + kind;
        _messages[series].Add(messages);
        _bytes[series].Add(messages * bytes);
    }

    /// <summary>Messages of a kind, of all protocols.</summary>
    public long OfKind(int kind) => ClientProtocols.Labels.Select((_, protocol) => _messages[(protocol * Kinds.Length) + kind].Value).Sum();

    public IEnumerable<Measurement<long>> Messages() => Measure(_messages);

    public IEnumerable<Measurement<long>> Bytes() => Measure(_bytes);

    private static IEnumerable<Measurement<long>> Measure(StripedCounter[] counters) =>
        Series.Zip(counters, (series, counter) => new Measurement<long>(counter.Value, new("protocol", series.Protocol), new("kind", series.Kind)));
}
