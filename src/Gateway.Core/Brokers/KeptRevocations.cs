namespace Gateway.Core.Brokers;

/// <summary>The revocations of the in-process broker's nodes. What has expired goes with the next that comes.</summary>
internal sealed class KeptRevocations(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Json, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);

    public void Keep(string name, byte[] json, TimeSpan expiry)
    {
        lock (_gate)
        {
            Prune();
            _kept[name] = (json, time.GetUtcNow() + expiry);
        }
    }

    public IReadOnlyList<byte[]> Read()
    {
        lock (_gate)
        {
            Prune();
            return [.. _kept.Values.Select(kept => kept.Json)];
        }
    }

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var name in _kept.Where(entry => entry.Value.Until <= now).Select(entry => entry.Key).ToArray())
            _kept.Remove(name);
    }
}
