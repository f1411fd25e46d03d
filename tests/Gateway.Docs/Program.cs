using Gateway.Docs;

// Writes what is generated of the documentation; with --check, says whether it is up to date.
var isCheck = args is ["--check"];
var operations = PathOf("operations.md");
var isCurrent = await RenewAsync(PathOf("metrics.md"), MetricsPage.Write(MetricCatalog.Read(), MetricUsage.Read()))
    & await RenewAsync(operations, OptionRows.Renew(await File.ReadAllTextAsync(operations)));
return isCurrent || !isCheck ? 0 : 1;

static string PathOf(string page) => Path.Combine(Repository.Root, "docs", page);

// False: the page was not as it should be.
async Task<bool> RenewAsync(string page, string text)
{
    if (await File.ReadAllTextAsync(page) == text)
        return true;
    if (isCheck)
        await Console.Error.WriteLineAsync($"docs/{Path.GetFileName(page)} is out of date: dotnet run --project tests/Gateway.Docs");
    else
        await File.WriteAllTextAsync(page, text);
    return false;
}
