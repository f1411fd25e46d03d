using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Protocols.Echo;

/// <summary>Returns each message unchanged: for conformance tests and latency checks.</summary>
internal sealed class EchoProtocol : IMessageHandler
{
    // A client that sends faster than it reads is not read while so much waits for it, and not closed as slow.
    private const int MaxWaitingBytes = 64 * 1024;

    public string Name => "echo";

    public ClientProtocol Label => ClientProtocol.Echo;

    public bool NeedsAdmission => false;

    public void OnOpen(Connection connection)
    {
    }

    public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        connection.Reply(opcode, payload);
        return connection.QueuedBytes > MaxWaitingBytes ? MessageResult.AwaitSent : MessageResult.Continue;
    }

    public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

    public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => null;

    public void OnGap(Connection connection, TimeSpan duration, TimeSpan within)
    {
    }

    public void OnClosed(Connection connection)
    {
    }
}
