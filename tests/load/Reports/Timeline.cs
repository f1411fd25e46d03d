namespace Gateway.Load.Reports;

/// <summary>The run over time, in a bounded number of samples: when it is full, every second one goes, and further ones come half as often.</summary>
internal sealed class Timeline
{
    private const int MostSamples = 1200;

    private readonly List<Sample> _samples = [];
    private int _stride = 1;
    private int _skipped;

    public IReadOnlyList<Sample> Samples => _samples;

    public void Add(in Sample sample)
    {
        if (++_skipped < _stride)
            return;
        _skipped = 0;
        _samples.Add(sample);
        if (_samples.Count < MostSamples)
            return;
        for (var i = 0; i < MostSamples / 2; i++)
            _samples[i] = _samples[(2 * i) + 1];
        _samples.RemoveRange(MostSamples / 2, MostSamples / 2);
        _stride *= 2;
    }

    /// <summary>Throughput, CPU time and memory as charts.</summary>
    /// <param name="things">What is done.</param>
    public IEnumerable<Chart> Charts(string things)
    {
        if (_samples.Exists(sample => sample.PerSecond > 0))
            yield return new Chart($"{things} a second", "/s", [Series(things, sample => sample.PerSecond)]);
        yield return new Chart("CPU time", "cores", [Series("node", sample => sample.NodeCores), Series("load", sample => sample.LoadCores)]);
        yield return new Chart("Resident memory of the node", "MB", [Series("resident", sample => sample.ResidentBytes / 1e6)]);
        if (_samples.Exists(sample => sample.Open > 0))
            yield return new Chart("Connections", "open", [Series("open", sample => sample.Open)]);
    }

    private ChartSeries Series(string name, Func<Sample, double?> value) =>
        new(name, [.. _samples.Where(sample => value(sample) is not null).Select(sample => (sample.Seconds, value(sample)!.Value))]);
}
