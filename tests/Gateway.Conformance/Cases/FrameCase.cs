using System.Text;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;

namespace Gateway.Conformance.Cases;

/// <summary>Frames to an endpoint that returns each message, and what must come back.</summary>
internal sealed record FrameCase(string Rule) : Case(Rule)
{
    /// <summary>All that the client sends, also behind what is wrong.</summary>
    public required byte[] Input { get; init; }

    /// <summary>The messages in it: those before a fault count.</summary>
    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>The payloads of its pings that must be answered.</summary>
    public IReadOnlyList<byte[]> Pongs { get; init; } = [];

    /// <summary>The code with which the node ends the connection; null: it goes on.</summary>
    public int? Code { get; init; }

    /// <summary>What the client offers of RFC 7692, and the node must agree to; null: nothing.</summary>
    public string? Offer { get; init; }

    public Setting Setting { get; init; } = Setting.Shared;

    public static FrameCase Returned(string rule, byte[] input, params Message[] messages) => new(rule) { Input = input, Messages = messages };

    public static FrameCase Answered(string rule, byte[] input, params byte[][] pongs) => new(rule) { Input = input, Pongs = pongs };

    /// <summary>The node ends the connection with this code, whatever follows.</summary>
    public static FrameCase Ends(string rule, int code, byte[] input, params Message[] messages) => new(rule) { Input = input, Messages = messages, Code = code };

    public override async Task RunAsync(NodesUnderTest nodes, Endpoint endpoint, Delivery delivery)
    {
        await using var peer = await nodes.ConnectAsync(Setting, endpoint);
        var request = Offer is null ? Request.With() : Request.With("Sec-WebSocket-Extensions: " + Offer);
        byte[] goesOn = Code is null ? [.. Frame.Ping("goes on"), .. Frame.Close(1000)] : [];

        var (response, rest) = await peer.ExchangeAsync(Encoding.Latin1.GetBytes(request), [.. Input, .. goesOn], delivery);

        Assert.Equal(101, response.Status);
        var agreement = response["Sec-WebSocket-Extensions"];
        Assert.Equal(Offer is not null, agreement is not null);
        var forgets = agreement?.Contains("server_no_context_takeover", StringComparison.Ordinal) ?? true;
        var conversation = Conversation.Of(FrameReader.Read(rest, mayCompress: agreement is not null), new Inflate(), forgets);
        Assert.Equal(Messages, conversation.Messages);
        Assert.Equal(Code is null ? [.. Pongs, "goes on"u8.ToArray()] : Pongs, conversation.Pongs);
        Assert.Equal(Code ?? 1000, conversation.CloseCode);
    }
}
