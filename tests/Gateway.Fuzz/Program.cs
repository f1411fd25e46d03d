using System.Globalization;
using Gateway.Fuzz;
using Gateway.Fuzz.Cost;

const string Usage = """
    usage: dotnet run --project tests/Gateway.Fuzz -c Release -- TARGET... [--judge cost] [--count N] [--seed N] [--input FILE]
      TARGET    request, frame, deflate, json-command, proxy-header, forwarded, publication-header, or all
      --judge   cost: what inputs cost, in CPU and in bytes allocated, against an ordinary input of their size; over these readers, or all:
                COSTS
      --count   generated inputs a target, after its corpus (default 1000000)
      --seed    another seed gives other inputs (default 1)
      --input   checks this one file instead

    What is found is made small, printed, and written to finding-TARGET.bin: move it to Corpus/TARGET with a name that says what it broke.
    """;

var hang = TimeSpan.FromSeconds(10);
var time = TimeProvider.System;
var names = args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
var options = args.Skip(names.Length).Chunk(2).ToDictionary(pair => pair[0], pair => pair.ElementAtOrDefault(1));
var targets = names is ["all"] ? FuzzTargets.All : [.. FuzzTargets.All.Where(target => names.Contains(target.Name))];
if (options.GetValueOrDefault("--judge") is "cost" && CostProgram.Run(names, options) is { } code)
    return code;
if (targets.Count == 0 || (names is not ["all"] && targets.Count != names.Length) || options.Keys.Except(["--count", "--seed", "--input"]).Any())
{
    Console.Error.WriteLine(Usage.Replace("COSTS", string.Join(", ", CostTargets.All.Select(target => target.Name)), StringComparison.Ordinal));
    return 2;
}

var count = long.Parse(options.GetValueOrDefault("--count") ?? "1000000", CultureInfo.InvariantCulture);
var seed = int.Parse(options.GetValueOrDefault("--seed") ?? "1", CultureInfo.InvariantCulture);
var isWell = true;
foreach (var target in targets)
    isWell &= Run(target);
return isWell ? 0 : 1;

bool Run(IFuzzTarget target)
{
    var run = new FuzzRun(target);
    var start = time.GetTimestamp();
    using var watchdog = time.CreateTimer(_ => EndIfHanging(target, run), null, hang, hang);
    var finding = options.GetValueOrDefault("--input") is { } file ? run.Try(File.ReadAllBytes(file), file, time) : run.Replay(time);
    long number = 0;
    for (; finding is null && number < count && !options.ContainsKey("--input"); number++)
        finding = run.Generate(seed, number, time);

    var seconds = time.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine($"{target.Name}: {run.CorpusSize} kept and {number} generated inputs of seed {seed} in {seconds:F0} s, {number / seconds:F0} a second, "
        + $"heap {GC.GetTotalMemory(forceFullCollection: true) / 1024} KiB after");
    foreach (var (outcome, times) in run.Outcomes.OrderByDescending(outcome => outcome.Value))
        Console.WriteLine($"  {times,9}  {outcome}");
    if (finding is null)
        return true;
    finding = run.Shrink(finding, time);
    File.WriteAllBytes($"finding-{target.Name}.bin", finding.Input);
    Console.WriteLine($"FOUND {finding}");
    return false;
}

void EndIfHanging(IFuzzTarget target, FuzzRun run)
{
    if (run.CurrentTime(time) < hang)
        return;
    File.WriteAllBytes($"finding-{target.Name}.bin", run.Current);
    Console.WriteLine($"FOUND a hang of {target.Name}: {Convert.ToHexString(run.Current)}");
    Environment.Exit(1);
}
