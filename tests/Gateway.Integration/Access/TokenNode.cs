using System.Text;
using Gateway.Auth;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Integration.Fixtures;
using Gateway.Tests.Auth;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Integration.Access;

/// <summary>A node that knows a secret, and the backend that knows it too.</summary>
internal static class TokenNode
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("the secret of these tests, and of their one backend");

    /// <summary>The backend.</summary>
    public static readonly TokenIssuer Backend = TokenIssuer.Hmac(Secret);

    /// <summary>One that is somebody else's.</summary>
    public static readonly TokenIssuer Stranger = TokenIssuer.Hmac(Encoding.UTF8.GetBytes(new string('x', 48)));

    public static Task<TestNode> StartAsync(Action<GatewayOptions>? configure = null, IBroker? broker = null, TimeProvider? time = null, IChannelAuthorizer? authorizer = null) =>
        TestNode.StartAsync(
            options =>
            {
                options.Auth.AllowAnonymous = false;
                configure?.Invoke(options);
            },
            broker,
            time: time,
            validator: Validator(time ?? TimeProvider.System),
            authorizer: authorizer);

    public static ITokenValidator Validator(TimeProvider time)
    {
        var options = new JwtOptions { HmacKey = Encoding.UTF8.GetString(Secret) };
        return new JwtValidator(options, new JwtKeys(options, null, new GatewayMetrics(), time, NullLogger.Instance), time);
    }

    /// <summary>An open connection of a token, its welcome read.</summary>
    public static async Task<WsClient> OpenAsync(this TestNode node, string token)
    {
        var client = await WsClient.OpenAsync(node.EndPoint, headers: Bearer(token));
        Assert.Equal("welcome", (await client.ReceiveJsonAsync()).GetProperty("type").GetString());
        return client;
    }

    public static string Bearer(string token) => $"Authorization: Bearer {token}\r\n";

    /// <summary>The whole answer to a request that is refused.</summary>
    public static async Task<string> RefusedAsync(this TestNode node, string path = "/", string headers = "")
    {
        await using var client = await WsClient.ConnectAsync(node.EndPoint);
        await client.SendRawAsync(WsClient.UpgradeRequest(path, headers));
        return Encoding.UTF8.GetString(await client.ReceiveToEndAsync());
    }
}
