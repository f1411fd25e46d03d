using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Conformance.Node;
using Gateway.Conformance.Wire;

namespace Gateway.Conformance.Cases;

/// <summary>
/// Offers of permessage-deflate, what the node answers (RFC 7692 §5 and §7.1), and whether it then keeps to it: with agreement messages are
/// exchanged compressed and judged by the window and the history that were agreed to, without it a compressed one is a fault.
/// </summary>
internal sealed record NegotiationCase(string Rule) : Case(Rule)
{
    // Long ones that say the same again, near and far, so that a window or a history that is too large would be used.
    private static byte[][] Texts { get; } = [.. Enumerable.Range(0, 4).Select(_ => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(Random(15_000), 2)) + Random(3_000)))];

    public required Setting Setting { get; init; }

    /// <summary>The lines of Sec-WebSocket-Extensions.</summary>
    public required string[] Offers { get; init; }

    /// <summary>The answer, its parameters in any order; null: declined.</summary>
    public required string? Answer { get; init; }

    public override async Task RunAsync(NodesUnderTest nodes, Endpoint endpoint, Delivery delivery)
    {
        await using var peer = await nodes.ConnectAsync(Setting, endpoint);
        var request = Request.With([.. Offers.Select(offer => "Sec-WebSocket-Extensions: " + offer)]);

        var frames = Answer is null ? Frame.Of(Opcode.Text, Deflate.Hello, rsv: 4) : Messages();
        var (response, rest) = await peer.ExchangeAsync(Encoding.Latin1.GetBytes(request), frames, delivery);

        Assert.Equal(101, response.Status);
        var answer = response["Sec-WebSocket-Extensions"];
        Assert.Equal(Parameters(Answer), Parameters(answer));
        if (answer is null)
            ExpectFault(rest);
        else
            ExpectMessages(answer, rest);
    }

    private byte[] Messages()
    {
        var parameters = Parameters(Answer);
        // A client that agreed to a small window must keep to it, and the library compresses with the largest only: blocks without compression
        // refer to nothing.
        byte[][] compressed = parameters.Any(parameter => parameter.StartsWith("client_max_window_bits", StringComparison.Ordinal))
            ? [.. Texts.Select(text => (byte[])[.. Deflate.Stored(text), .. Deflate.Empty])]
            : parameters.Contains("client_no_context_takeover") ? [.. Texts.Select(text => Deflate.Message(text))] : Deflate.Messages(Texts);
        return [.. compressed.SelectMany(payload => Frame.Of(Opcode.Text, payload, rsv: 4)), .. Frame.Close(1000)];
    }

    private static void ExpectFault(byte[] rest) =>
        Assert.Equal(1002, Conversation.Of(FrameReader.Read(rest, mayCompress: false), inflate: null, forgets: true).CloseCode);

    private static void ExpectMessages(string answer, byte[] rest)
    {
        var forgets = Parameters(answer).Contains("server_no_context_takeover");
        var inflate = new Inflate();
        var conversation = Conversation.Of(FrameReader.Read(rest, mayCompress: true), inflate, forgets);

        Assert.Equal(Texts.Select(text => new Message(Opcode.Text, text)), conversation.Messages);
        Assert.Equal(Texts.Length, conversation.Compressed);
        Assert.Equal(1000, conversation.CloseCode);
        var window = Parameters(answer).FirstOrDefault(parameter => parameter.StartsWith("server_max_window_bits=", StringComparison.Ordinal));
        var bits = window is null ? 15 : int.Parse(window.AsSpan(window.IndexOf('=', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        // RFC 7692 §7.1.2.1: the server must not use a larger one.
        Assert.InRange(inflate.FarthestReference, 1, 1 << bits);
    }

    private static SortedSet<string> Parameters(string? answer) =>
        new(answer?.Split(';', StringSplitOptions.TrimEntries) ?? [], StringComparer.Ordinal);

    private static string Random(int length) => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz", length);
}
