namespace Gateway.Core.Cluster;

/// <summary>
/// Nodes that have vanished without taking their leave: they hang, are cut off or have died, and their clients may still hold on to them. They
/// are forgotten as announcements within seconds, and remembered here for as long as somebody may ask what became of them. Any thread.
/// </summary>
/// <param name="most">Nodes that are remembered, those that are present among them; above it the longest silent go.</param>
/// <param name="time">Clock.</param>
internal sealed class LostNodes(int most, TimeProvider time)
{
    /// <summary>As long as a gap is told of: who asks later asks about something else.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _seen = []; // by name, when it was last announced

    /// <summary>What has just been read.</summary>
    /// <param name="present">Nodes that are there, but for this one, which is never lost to itself.</param>
    /// <param name="left">Nodes that have taken their leave.</param>
    public void See(IEnumerable<string> present, IEnumerable<string> left)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var name in present)
                _seen[name] = now;
            foreach (var name in left)
                _seen.Remove(name);
            var over = _seen.Where(node => now - node.Value > Remembered);
            if (_seen.Count > most)
                over = over.Concat(_seen.OrderByDescending(node => node.Value).Skip(most));
            foreach (var (name, _) in over.ToArray())
                _seen.Remove(name);
        }
    }

    /// <summary>Those that are lost, and when each was last heard of.</summary>
    /// <param name="present">Nodes that are there now.</param>
    public IReadOnlyList<LostNode> Find(IReadOnlySet<string> present)
    {
        var now = time.GetUtcNow();
        lock (_gate)
            return [.. _seen.Where(node => !present.Contains(node.Key) && now - node.Value <= Remembered).Select(node => new LostNode(node.Key, node.Value))];
    }
}

/// <summary>A node that has vanished.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SeenAt">When it was last announced.</param>
internal sealed record LostNode(string Name, DateTimeOffset SeenAt);
