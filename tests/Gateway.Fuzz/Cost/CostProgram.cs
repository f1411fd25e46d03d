using System.Globalization;

namespace Gateway.Fuzz.Cost;

/// <summary>The run that judges by cost: prints the table of docs/performance.md, then what it finds above the bounds.</summary>
internal static class CostProgram
{
    /// <summary>The process's exit code; null: it is asked for something that there is not.</summary>
    public static int? Run(string[] names, IReadOnlyDictionary<string, string?> options)
    {
        var targets = names is ["all"] ? CostTargets.All : [.. CostTargets.All.Where(target => names.Contains(target.Name))];
        if (targets.Count == 0 || (names is not ["all"] && targets.Count != names.Length) || options.Keys.Except(["--judge", "--count", "--seed", "--input"]).Any())
            return null;
        var count = long.Parse(options.GetValueOrDefault("--count") ?? "100000", CultureInfo.InvariantCulture);
        var seed = int.Parse(options.GetValueOrDefault("--seed") ?? "1", CultureInfo.InvariantCulture);
        Console.WriteLine("| reader | full of | bytes | ns a byte | ordinary | times | allocated a byte |\n|---|---|---|---|---|---|---|");
        var isWell = true;
        foreach (var target in targets)
            isWell &= options.GetValueOrDefault("--input") is { } file ? Judge(target, File.ReadAllBytes(file), file) : Run(target, seed, count);
        return isWell ? 0 : 1;
    }

    private static bool Run(ICostTarget target, int seed, long count)
    {
        var run = new CostRun(target);
        var isWell = true;
        foreach (var line in run.Known())
        {
            Console.WriteLine(line);
            isWell &= line.Fault is null;
        }

        var start = TimeProvider.System.GetTimestamp();
        CostFinding? finding = null;
        long number = 0;
        for (; finding is null && number < count; number++)
            finding = run.Generate(seed, number);
        if (count > 0)
            Console.WriteLine($"{target.Name}: {number} inputs of seed {seed} in {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} s; the dearest costs {run.Dearest.Ratio:F1} times an ordinary one");
        return Report(run, finding) && isWell;
    }

    private static bool Judge(ICostTarget target, byte[] input, string file)
    {
        var run = new CostRun(target);
        return Report(run, run.Try(input, file));
    }

    private static bool Report(CostRun run, CostFinding? finding)
    {
        if (finding is null)
            return true;
        finding = run.Shrink(finding);
        File.WriteAllBytes($"finding-{finding.Target}.bin", finding.Input);
        Console.WriteLine($"FOUND {finding}");
        return false;
    }
}
