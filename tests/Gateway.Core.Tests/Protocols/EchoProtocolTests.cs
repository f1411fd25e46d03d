using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Protocols;

public sealed class EchoProtocolTests
{
    [Theory]
    [InlineData("Text", 0)]
    [InlineData("Text", 5)]
    [InlineData("Binary", 70_000)]
    public void Message_ComesBackUnchanged(string opcode, int length)
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var (_, transport) = harness.Open("/echo");
        var payload = new byte[length];
        Array.Fill(payload, (byte)'x');
        transport.Receive(ClientBytes.Frame(Enum.Parse<Opcode>(opcode), payload));
        var frame = Assert.Single(transport.Frames);
        Assert.Equal(Enum.Parse<Opcode>(opcode), frame.Opcode);
        Assert.Equal(payload, frame.Payload);
    }

    [Fact]
    public async Task Client_ThatSendsFasterThanItReads_IsNotReadAndNotClosed()
    {
        const int messages = 200;
        using var harness = new ProtocolHarness(options =>
        {
            options.Echo.Enabled = true;
            options.Limits.MaxQueueBytes = 256 * 1024;
        });
        var (connection, transport) = harness.Open("/echo");
        transport.Takes = static _ => 0;
        var payload = new byte[10_000];
        for (var i = 0; i < messages; i++)
        {
            payload[0] = (byte)i;
            transport.Receive(ClientBytes.Frame(Opcode.Binary, payload));
        }

        Assert.InRange(connection.QueuedBytes, 64 * 1024, 128 * 1024);
        transport.Takes = null;
        transport.TakeRemainder();
        await Eventually.TrueAsync(() => transport.BytesSent == messages * (payload.Length + 4));
        Assert.Equal(Enumerable.Range(0, messages), transport.Frames.Select(frame => (int)frame.Payload[0]));
    }
}
