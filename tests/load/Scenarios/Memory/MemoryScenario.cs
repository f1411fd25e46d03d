using Gateway.Load.Client;
using Gateway.Load.Reports;
using Gateway.Load.Server;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Memory;

/// <summary>
/// The slope of a server's memory over its idle connections, for each kind of connection: the same clients, which have one message echoed
/// and then stand there, and the same waiting before each look.
/// </summary>
internal static class MemoryScenario
{
    // Heaps of the same connections differ by some 50 B each from run to run; an inflater alone would be 17,000.
    private const double EqualHeapBytes = 128;

    public static Report Run(Loop loop, TargetSettings target, MemorySettings settings)
    {
        if (target.Url is not null)
            throw new LoadException("This scenario starts its servers itself: --server and --set only.");
        using var certificate = new LoopbackCertificate();
        var report = new Report($"memory: {settings.From} to {settings.To} idle connections");
        var slopes = new Dictionary<MemoryRow, MemorySlope>();
        foreach (var row in settings.Rows)
        {
            var slope = slopes[row] = row.IsKestrel ? OnKestrel(loop, settings, row, certificate) : OnGateway(loop, target, settings, row, certificate);
            report.Add($"{row.Name}: resident memory", slope.Resident, "B a connection");
            report.Add($"{row.Name}: resident memory, collected", slope.Collected, "B a connection");
            report.Add($"{row.Name}: managed heap", slope.Heap, "B a connection");
        }

        if (slopes.TryGetValue(MemoryRow.Tls, out var tls) && slopes.TryGetValue(MemoryRow.KestrelTls, out var kestrel))
            report.Add("tls against kestrel-tls", tls.Resident / kestrel.Resident, "of its resident memory");
        if (slopes.TryGetValue(MemoryRow.Plain, out var plain) && slopes.TryGetValue(MemoryRow.Deflate, out var deflate) && (plain.Heap, deflate.Heap) is ({ } plainHeap, { } deflateHeap))
            report.Check("permessage-deflate costs nothing", deflateHeap - plainHeap < EqualHeapBytes, $"heap of a connection {deflateHeap:0} B against {plainHeap:0} B");
        return report;
    }

    private static MemorySlope OnGateway(Loop loop, TargetSettings targetSettings, MemorySettings settings, MemoryRow row, LoopbackCertificate certificate)
    {
        (string, string)[] tls =
        [
            ("Gateway:Endpoints:0:Tls:CertificatePath", certificate.CertificatePath),
            ("Gateway:Endpoints:0:Tls:KeyPath", certificate.KeyPath),
        ];
        using var target = new Target(loop, targetSettings,
        [
            ("Gateway:Echo:Enabled", "true"),
            ("Gateway:Compression:Mode", "shared"),
            ("Gateway:Heartbeat:Interval", "1h"), // the clients answer nothing
            .. row.IsTls ? tls : [],
        ]);
        using var clients = new StreamClients(loop, StreamClientSettings.Of(target.EndPoint, row.IsDeflated, row.IsTls));
        return Measure(settings, clients, count =>
        {
            var resident = SettledMemory.Of(loop, () => target.Usage);
            var heap = FullCollection.HeapAfter(loop, target);
            return new MemoryStep(count, resident, heap is null ? null : SettledMemory.Of(loop, () => target.Usage), heap);
        });
    }

    private static MemorySlope OnKestrel(Loop loop, MemorySettings settings, MemoryRow row, LoopbackCertificate certificate)
    {
        using var kestrel = new KestrelProcess(loop, row.IsTls ? certificate : null);
        var pid = kestrel.Id;
        loop.Observer.WatchNode(() => ProcessUsage.TryRead(pid));
        using var clients = new StreamClients(loop, StreamClientSettings.Of(kestrel.EndPoint, row.IsDeflated, row.IsTls));
        return Measure(settings, clients, count => new MemoryStep(count, SettledMemory.Of(loop, () => ProcessUsage.Read(pid)), null, null));
    }

    private static MemorySlope Measure(MemorySettings settings, StreamClients clients, Func<int, MemoryStep> look)
    {
        var steps = new List<MemoryStep>();
        foreach (var count in settings.Counts)
        {
            clients.OpenUpTo(count);
            steps.Add(look(count));
        }

        return new MemorySlope(Slope(step => step.Resident)!.Value, Slope(step => step.Collected), Slope(step => step.Heap));

        double? Slope(Func<MemoryStep, double?> value) =>
            steps.TrueForAll(step => value(step) is not null) ? Statistics.Slope([.. steps.Select(step => ((double)step.Connections, value(step)!.Value))]) : null;
    }

    /// <param name="Connections">How many stood.</param>
    /// <param name="Resident">Bytes, as they stood.</param>
    /// <param name="Collected">Bytes after a full collection; null: not known.</param>
    /// <param name="Heap">Bytes of the managed heap that it left; null: not known.</param>
    private readonly record struct MemoryStep(int Connections, double Resident, double? Collected, double? Heap);

    /// <summary>The same, a connection.</summary>
    private readonly record struct MemorySlope(double Resident, double? Collected, double? Heap);
}
