using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Clients;

/// <summary>The JavaScript client in a process of its own, <c>tests/clients/gateway-ws.mjs</c>, and what it says of itself.</summary>
internal sealed class JavaScriptProgram : IAsyncDisposable
{
    private readonly ClientProgram _program;

    private JavaScriptProgram(ClientProgram program) => _program = program;

    /// <summary>Starts one that subscribes to the channels.</summary>
    public static JavaScriptProgram Start(string url, params string[] channels) => new(ClientProgram.Start("gateway-ws.mjs", [url, .. channels]));

    /// <summary>The next thing it says.</summary>
    public async Task<JsonElement> NextAsync() => JsonSerializer.Deserialize<JsonElement>(await _program.LineAsync());

    /// <summary>The next thing it says that has this property; what comes before is passed over.</summary>
    public async Task<JsonElement> NextAsync(string property)
    {
        while (true)
        {
            var said = await NextAsync();
            if (said.TryGetProperty(property, out _))
                return said;
        }
    }

    /// <summary>The next thing that it says must have this property, and is that.</summary>
    public async Task<JsonElement> ExpectAsync(string property)
    {
        var said = await NextAsync();
        Assert.True(said.TryGetProperty(property, out var value), said.ToString());
        return value;
    }

    /// <summary>It comes to this state by way of its next change.</summary>
    public async Task<JsonElement> BecomesAsync(string state)
    {
        var change = await NextAsync("state");
        Assert.Equal(state, change.GetProperty("state").GetString());
        return change;
    }

    public Task SendAsync(string command) => _program.SendAsync(command);

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
