using System.Globalization;
using System.Text;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;

namespace Gateway.Conformance.Cases;

/// <summary>A request and its answer. After 101 the connection must work; after anything else it must end.</summary>
internal sealed record RequestCase(string Rule) : Case(Rule)
{
    /// <summary>All that the client sends, each character a byte.</summary>
    public required string Request { get; init; }

    public int Status { get; init; } = 101;

    /// <summary>The key that the answer must belong to.</summary>
    public string Key { get; init; } = Cases.Request.Key;

    /// <summary>What the answer says: null, that it must not be there.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    /// <summary>A 200's or a refusal's body is left out.</summary>
    public bool IsHead { get; init; }

    public static RequestCase Accepted(string rule, string request) => new(rule) { Request = request };

    public static RequestCase Refused(string rule, string request, int status = 400) => new(rule) { Request = request, Status = status };

    public override async Task RunAsync(NodesUnderTest nodes, Endpoint endpoint, Delivery delivery)
    {
        await using var peer = await nodes.ConnectAsync(Setting.Shared, endpoint);
        byte[] frames = Status == 101 ? [.. Frame.Text("after"), .. Frame.Close(1000)] : [];
        var (response, rest) = await peer.ExchangeAsync(Encoding.Latin1.GetBytes(Request), frames, delivery);

        Assert.Equal(Status, response.Status);
        foreach (var (name, value) in Fields)
            Assert.Equal(value, response[name]);
        if (Status == 101)
            ExpectOpening(response, rest);
        else
            ExpectEnding(response, rest);
    }

    private void ExpectOpening(Response response, byte[] rest)
    {
        // RFC 6455 §4.2.2, number 5.
        Assert.Equal("websocket", response["Upgrade"], ignoreCase: true);
        Assert.Contains("Upgrade", response.List("Connection"), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Cases.Request.Accept(Key), response["Sec-WebSocket-Accept"]);
        // RFC 9112 §6.1: not with 1xx.
        Assert.Null(response["Transfer-Encoding"]);
        Assert.Null(response["Content-Length"]);

        var conversation = Conversation.Of(FrameReader.Read(rest, mayCompress: response["Sec-WebSocket-Extensions"] is not null), inflate: null, forgets: true);
        Assert.Equal([Message.Text("after")], conversation.Messages);
        Assert.Equal(1000, conversation.CloseCode);
    }

    private void ExpectEnding(Response response, byte[] rest)
    {
        // RFC 9112 §9.6: the last response says so.
        Assert.Contains("close", response.List("Connection"), StringComparer.OrdinalIgnoreCase);
        // A refusal is never an acceptance.
        Assert.Null(response["Sec-WebSocket-Accept"]);
        Assert.Null(response["Transfer-Encoding"]);
        var length = int.Parse(response["Content-Length"] ?? "none", CultureInfo.InvariantCulture);
        Assert.Equal(IsHead ? 0 : length, rest.Length);
        Assert.NotEqual(0, length);
    }
}
