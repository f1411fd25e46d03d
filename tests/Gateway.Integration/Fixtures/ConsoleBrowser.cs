using System.Text.Json;

namespace Gateway.Integration.Fixtures;

/// <summary>One Chromium for all tests of the console, which plays scenarios one after the other, and a node for those that need any one.</summary>
public sealed class ConsoleBrowser : IAsyncLifetime
{
    // Of many steps, each of which has its own deadline there: what a scenario says after this one's would be taken for the next one's.
    private static readonly TimeSpan Scenario = TimeSpan.FromMinutes(5);

    private ClientProgram? _program;
    private HostProcess? _host;

    public ValueTask InitializeAsync()
    {
        _program = ClientProgram.Start("console-chromium.mjs");
        return ValueTask.CompletedTask;
    }

    /// <summary>The admin side of a node with nothing special about it.</summary>
    public async Task<Uri> NodeAsync() => (_host ??= await HostProcess.StartAsync()).Admin.BaseAddress!;

    /// <summary>Begins a scenario of <c>tests/clients/console/scenarios.mjs</c> on a node's page.</summary>
    public Task PlayAsync(string scenario, Uri page, params string[] more) =>
        _program!.SendAsync(JsonSerializer.Serialize((string[])[scenario, page.ToString(), .. more]));

    /// <summary>What it says next, which must be this property.</summary>
    public async Task<string> NextAsync(string property)
    {
        var said = JsonSerializer.Deserialize<JsonElement>(await _program!.LineAsync(Scenario));
        Assert.False(said.TryGetProperty("failed", out var reason), reason.ToString());
        return said.GetProperty(property).GetString()!;
    }

    /// <summary>The scenario comes to its good end.</summary>
    public async Task IsDoneAsync() => Assert.NotEmpty(await NextAsync("done"));

    public async ValueTask DisposeAsync()
    {
        await _program!.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
    }
}
