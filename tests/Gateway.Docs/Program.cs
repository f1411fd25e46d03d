using Gateway.Docs;

// Writes what is generated of the documentation; with --check, says whether it is up to date.
var page = Path.Combine(Repository.Root, "docs", "metrics.md");
var text = MetricsPage.Write(MetricCatalog.Read(), MetricUsage.Read());
if (args is not ["--check"])
{
    await File.WriteAllTextAsync(page, text);
    return 0;
}

if (await File.ReadAllTextAsync(page) == text)
    return 0;
await Console.Error.WriteLineAsync("docs/metrics.md is out of date: dotnet run --project tests/Gateway.Docs");
return 1;
