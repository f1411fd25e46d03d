namespace Gateway.Core.Brokers;

/// <summary>Of the in-process broker's nodes. What has expired goes with the next that comes.</summary>
internal sealed class InProcessRecords(TimeProvider time) : IKeptRecords
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Json, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    public ValueTask<byte[]?> KeepAsync(string name, ReadOnlyMemory<byte> json, TimeSpan expiry, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Prune();
            var before = _kept.GetValueOrDefault(name).Json;
            _kept[name] = (json.ToArray(), time.GetUtcNow() + expiry);
            return new ValueTask<byte[]?>(before);
        }
    }

    public ValueTask<IReadOnlyList<byte[]>> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Prune();
            return new ValueTask<IReadOnlyList<byte[]>>([.. _kept.Values.Select(kept => kept.Json)]);
        }
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var name in _kept.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).ToArray())
            _kept.Remove(name);
    }
}
