namespace Gateway.Load.Scenarios.Memory;

/// <summary>A kind of connection whose memory is measured.</summary>
internal sealed record MemoryRow(string Name, bool IsDeflated = false, bool IsTls = false, bool IsKestrel = false)
{
    public static readonly MemoryRow Plain = new("plain");
    public static readonly MemoryRow Deflate = new("deflate", IsDeflated: true);
    public static readonly MemoryRow Tls = new("tls", IsTls: true);
    public static readonly MemoryRow Kestrel = new("kestrel", IsKestrel: true);
    public static readonly MemoryRow KestrelTls = new("kestrel-tls", IsTls: true, IsKestrel: true);

    public static IReadOnlyList<MemoryRow> All { get; } = [Plain, Deflate, Tls, Kestrel, KestrelTls];
}
