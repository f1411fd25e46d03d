using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Allocation;

/// <summary>What comes in, and the answers to it, need nothing from the collector once the thread is warm.</summary>
public sealed class ReceiveAllocationTests
{
    private const int Batches = 5;
    private const int Turns = 2000;

    [Theory]
    [InlineData(125, 1)]
    [InlineData(125, 16)] // which share a rented array
    [InlineData(125, 64)] // which need several
    [InlineData(5_000, 1)] // above what is corked
    [InlineData(16 * 1024, 2)]
    [InlineData(200_000, 1)] // of the large heap, were it new
    public void Echo_OfMessages_AllocatesNothing(int size, int messages) =>
        Assert.Equal(0, AllocatedBy(ClientBytes.Frame(Opcode.Binary, new byte[size]), messages, answers: true));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public void Pong_ThatNobodyAskedFor_AllocatesNothing(int size) =>
        Assert.Equal(0, AllocatedBy(ClientBytes.Frame(Opcode.Pong, new byte[size]), frames: 3, answers: false));

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public void Ping_AndItsAnswer_AllocateNothing(int size) =>
        Assert.Equal(0, AllocatedBy(ClientBytes.Frame(Opcode.Ping, new byte[size]), frames: 3, answers: true));

    /// <summary>Bytes allocated in thousands of receive turns, each of which brings the frame some times.</summary>
    private static long AllocatedBy(byte[] frame, int frames, bool answers)
    {
        using var harness = new ProtocolHarness(options =>
        {
            options.Echo.Enabled = true;
            // On, so that they are in what is measured, and never reached: the clock stands still.
            (options.Limits.ControlFramesPerSecond, options.Limits.CommandsPerSecond, options.Limits.BytesPerSecond) = (1_000_000, 1_000_000, int.MaxValue);
        });
        var (connection, transport) = harness.Open("/echo");
        transport.Keeps = false;
        byte[] turn = [.. Enumerable.Repeat(frame, frames).SelectMany(bytes => bytes)];
        var received = new byte[turn.Length];

        var turns = frame.Length < 50_000 ? Turns : Turns / 20;
        var consumed = 0L;
        var allocated = Allocations.Least(Batches, () =>
        {
            for (var i = 0; i < turns; i++)
            {
                turn.CopyTo(received, 0); // reading unmasks in place
                consumed += connection.OnReceived(received).Consumed;
            }
        });

        Assert.Equal((1L + Batches) * turns * turn.Length, consumed);
        Assert.Equal(ConnectionState.Open, connection.State);
        const int maskBytes = 4; // which the server's frames have not
        Assert.Equal(answers ? (1L + Batches) * turns * frames * (frame.Length - maskBytes) : 0, transport.BytesSent);
        Assert.Equal((0, 0), (harness.Context.Queues.Rented, harness.Context.Transport.Buffers.Rented));
        return allocated;
    }
}
