using System.Net;
using Gateway.Load.Server;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>What newcomers want, by the flood that might keep it from them.</summary>
internal static class Newcomers
{
    /// <summary>To be let in.</summary>
    public static async Task<string?> ComeInAsync(IPEndPoint target, IPAddress source, int number, CancellationToken cancellation)
    {
        using var client = await JsonClient.OpenAsync(target, source, isTls: false, cancellation);
        return await Wanted("pong", client.PingAsync(number, cancellation));
    }

    /// <summary>The same over TLS.</summary>
    public static async Task<string?> ComeInOverTlsAsync(IPEndPoint target, IPAddress source, int number, CancellationToken cancellation)
    {
        using var client = await JsonClient.OpenAsync(target, source, isTls: true, cancellation);
        return await Wanted("pong", client.PingAsync(number, cancellation));
    }

    /// <summary>A channel that nobody has named before.</summary>
    public static async Task<string?> HaveAChannelAsync(IPEndPoint target, IPAddress source, int number, CancellationToken cancellation)
    {
        using var client = await JsonClient.OpenAsync(target, source, isTls: false, cancellation);
        return await Wanted("ok", SubscribeAsync(client, $"mine-{number}", number, cancellation));
    }

    /// <summary>The backend's word: to be let into a channel, and to be kept out of another.</summary>
    public static async Task<string?> HearTheBackendAsync(IPEndPoint target, IPAddress source, int number, CancellationToken cancellation)
    {
        using var client = await JsonClient.OpenAsync(target, source, isTls: false, cancellation);
        return await Wanted("ok", SubscribeAsync(client, $"{AuthorizerBackend.Allowed}{number}", number, cancellation))
            ?? await Wanted("forbidden", SubscribeAsync(client, $"{AuthorizerBackend.Asked}closed-{number}", number, cancellation));
    }

    private static Task<string> SubscribeAsync(JsonClient client, string channel, int id, CancellationToken cancellation) =>
        client.AskAsync($$"""{"type":"subscribe","id":{{id}},"channel":"{{channel}}"}""", id, cancellation);

    private static async Task<string?> Wanted(string wanted, Task<string> got) => await got is var answer && answer == wanted ? null : $"{answer} for {wanted}";
}
