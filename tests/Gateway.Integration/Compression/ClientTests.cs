using System.Text.Json;
using Gateway.Core.Options;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Compression;

/// <summary>Published clients agree to compression and get their messages back as they sent them.</summary>
public sealed class ClientTests
{
    [Theory]
    [InlineData(CompressionMode.Shared, 1)]
    [InlineData(CompressionMode.Dedicated, 9)]
    [InlineData(CompressionMode.Off, 1)]
    public async Task Ws_InEveryCombinationOfItsOptions_IsEchoed(CompressionMode mode, int level)
    {
        await using var node = await TestNode.StartAsync(options =>
        {
            options.Compression.Mode = mode;
            options.Compression.Level = level;
        });
        await using var client = ClientProgram.Start("echo-ws.mjs", $"ws://{node.EndPoint}/echo");

        var agreements = new List<string>();
        while (JsonSerializer.Deserialize<JsonElement>(await client.LineAsync()) is var line && !line.TryGetProperty("done", out _))
        {
            Assert.False(line.TryGetProperty("error", out _), line.GetRawText());
            Assert.Equal(50, line.GetProperty("messages").GetInt32());
            agreements.Add(line.GetProperty("agreed").GetString()!);
            if (agreements[^1].Length > 0)
                ExpectWhatWasAskedFor(mode, line.GetProperty("options"), line.GetProperty("response").GetString()!.Split("; "));
        }

        // 2 × 2 × 5 × 7 × 2 combinations, a fifth of which ask for a server's window of 8 bits, and one without the extension.
        Assert.Equal(281, agreements.Count);
        Assert.Equal(mode == CompressionMode.Off ? 0 : 224, agreements.Count(agreed => agreed == "permessage-deflate"));
        Assert.Equal(mode == CompressionMode.Off, node.Metrics.CompressionReceived.Messages.Value == 0);
        Assert.Equal(mode == CompressionMode.Off, node.Metrics.CompressionSent.Messages.Value == 0);
        await node.ReturnsToBaselineAsync();
    }

    [Theory]
    [InlineData(CompressionMode.Shared, "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData(CompressionMode.Dedicated, "permessage-deflate")]
    public async Task Chromium_TenThousandMessages_AreEchoed(CompressionMode mode, string agreement)
    {
        await using var node = await TestNode.StartAsync(options => options.Compression.Mode = mode);
        await using var client = ClientProgram.Start("echo-chromium.mjs", $"ws://{node.EndPoint}/echo", "10000");

        var result = JsonSerializer.Deserialize<JsonElement>(await client.LineAsync());
        while (result.TryGetProperty("received", out _))
            result = JsonSerializer.Deserialize<JsonElement>(await client.LineAsync());

        Assert.True(result.TryGetProperty("agreed", out var agreed), result.GetRawText());
        Assert.Equal(agreement, agreed.GetString());
        Assert.Equal(10_000, result.GetProperty("messages").GetInt32());
        Assert.InRange(node.Metrics.CompressionReceived.Messages.Value, 9_000, 10_000);
        Assert.InRange(node.Metrics.CompressionSent.Messages.Value, 2_000, 10_000);
        await node.ReturnsToBaselineAsync();
    }

    private static void ExpectWhatWasAskedFor(CompressionMode mode, JsonElement options, string[] response)
    {
        var isShared = mode == CompressionMode.Shared;
        Assert.Equal(isShared || options.TryGetProperty("serverNoContextTakeover", out _), response.Contains("server_no_context_takeover"));
        Assert.Equal(isShared || options.TryGetProperty("clientNoContextTakeover", out _), response.Contains("client_no_context_takeover"));
        ExpectWindow(options, "serverMaxWindowBits", "server_max_window_bits", response);
        ExpectWindow(options, "clientMaxWindowBits", "client_max_window_bits", response);
    }

    /// <summary>A window that the client gave is echoed; that it can be told of one is no window.</summary>
    private static void ExpectWindow(JsonElement options, string option, string parameter, string[] response)
    {
        var isGiven = options.TryGetProperty(option, out var bits) && bits.ValueKind == JsonValueKind.Number;
        Assert.Equal(isGiven ? [$"{parameter}={bits.GetInt32()}"] : [], response.Where(part => part.StartsWith(parameter, StringComparison.Ordinal)));
    }
}
