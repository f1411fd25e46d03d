using System.Text;
using Gateway.Conformance.Wire;

namespace Gateway.Conformance.Cases;

/// <summary>What the node's frames say together.</summary>
internal sealed class Conversation
{
    public const int NoCode = 1005; // RFC 6455 §7.1.5: an empty close frame

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public List<Message> Messages { get; } = [];

    /// <summary>How many of them were compressed.</summary>
    public int Compressed { get; private set; }

    public List<byte[]> Pongs { get; } = [];

    /// <summary>Null: the stream ended without a close frame.</summary>
    public int? CloseCode { get; private set; }

    public string CloseReason { get; private set; } = "";

    /// <param name="frames">All frames to the end of the stream.</param>
    /// <param name="inflate">Decompresses, one message after the other.</param>
    /// <param name="forgets">Whether the node agreed to server_no_context_takeover.</param>
    public static Conversation Of(IEnumerable<ReceivedFrame> frames, Inflate? inflate, bool forgets)
    {
        var conversation = new Conversation();
        var message = new List<byte>();
        ReceivedFrame? first = null;
        foreach (var frame in frames)
        {
            switch (frame.Opcode)
            {
                case Opcode.Pong:
                    conversation.Pongs.Add(frame.Payload);
                    break;
                case Opcode.Ping:
                    break; // the node's heartbeat
                case Opcode.Close:
                    conversation.OnClose(frame.Payload);
                    break;
                default:
                    first ??= frame;
                    message.AddRange(frame.Payload);
                    if (!frame.Fin)
                        break;
                    conversation.OnMessage(first, [.. message], inflate, forgets);
                    message.Clear();
                    first = null;
                    break;
            }
        }

        Assert.True(first is null || conversation.CloseCode is not null, "The stream ends within a message.");
        return conversation;
    }

    private void OnMessage(ReceivedFrame first, byte[] payload, Inflate? inflate, bool forgets)
    {
        if (first.Rsv1)
        {
            Compressed++;
            payload = inflate!.Message(payload, forgets);
        }

        // RFC 6455 §5.6 and §8.1.
        if (first.Opcode == Opcode.Text)
            _ = Strict.GetString(payload);
        Messages.Add(new Message(first.Opcode, payload));
    }

    private void OnClose(byte[] payload)
    {
        // RFC 6455 §5.5.1: if there is a body, its first two bytes are the code, and UTF-8 follows.
        Assert.NotEqual(1, payload.Length);
        CloseCode = payload.Length == 0 ? NoCode : (payload[0] << 8) | payload[1];
        CloseReason = payload.Length > 2 ? Strict.GetString(payload[2..]) : "";
        // §7.4.1: these MUST NOT be set as a status code in a close frame by an endpoint.
        if (payload.Length > 0)
            Assert.DoesNotContain(CloseCode.Value, (int[])[1005, 1006, 1015]);
    }
}
