using System.Globalization;

namespace Gateway.Integration.Fixtures;

/// <summary>The most resident memory that a process had since this was made (proc(5): VmHWM, which writing 5 to clear_refs sets back).</summary>
internal sealed class PeakMemory
{
    private readonly int _processId;
    private readonly long _atFirst;

    public PeakMemory(int processId)
    {
        _processId = processId;
        File.WriteAllText($"/proc/{processId}/clear_refs", "5");
        _atFirst = Bytes();
    }

    /// <summary>In bytes, at its highest.</summary>
    public long Growth => Bytes() - _atFirst;

    private long Bytes()
    {
        var line = File.ReadLines($"/proc/{_processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
