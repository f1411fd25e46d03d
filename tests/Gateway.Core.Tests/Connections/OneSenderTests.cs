using System.Globalization;
using System.Text;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

/// <summary>
/// One sender at a time, whatever the threads do: they enqueue, reply, answer pings, close and abort at once, while what the stream did
/// not take completes on others. The transport notes every breach of its contract; what has left is whole frames in order.
/// </summary>
public sealed class OneSenderTests
{
    private const int Rounds = 500;
    private const int FramesEach = 12;
    private const int PingEvery = 4;

    private static readonly string[] Producers = ["a", "b"];
    private static readonly byte[] CloseFrame = ClientBytes.Frame(Opcode.Close, [0x03, 0xE8]); // 1000

    // So long only a lost wake-up takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(Ending.ByTheClient))]
    [InlineData(nameof(Ending.Restart))]
    [InlineData(nameof(Ending.SlowConsumer))]
    [InlineData(nameof(Ending.Abort))]
    public async Task Threads_SendingAtOnce_KeepTheContractAndTheOrder(string ending)
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);

        for (var seed = 1; seed <= Rounds; seed++)
            await RunAsync(harness, seed, Enum.Parse<Ending>(ending));

        var context = harness.Context;
        Assert.Equal((0, 0, 0), (context.Transport.Blocks.Rented, context.Transport.Buffers.Rented, context.Queues.Rented));
        Assert.Empty(context.Registry.All());
    }

    /// <summary>Two threads queue a frame each and flush, at the same moment: whoever leaves the sending to the other is not forgotten.</summary>
    [Fact]
    public async Task Flushes_OfTwoThreadsAtOnce_LeaveNothingBehind()
    {
        const int rounds = 50_000;
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var (connection, transport) = harness.Open("/echo");
        transport.Keeps = false;
        var frame = OutboundFrame.Create(Opcode.Text, "m"u8);
        using var meeting = new Barrier(2);

        void Run()
        {
            var spin = new SpinWait();
            for (var round = 0; round < rounds; round++)
            {
                Assert.True(meeting.SignalAndWait(Patience, Cancellation));
                connection.Enqueue(frame);
                connection.Flush();
                Assert.True(meeting.SignalAndWait(Patience, Cancellation));
                var start = TimeProvider.System.GetTimestamp();
                while (connection.QueuedBytes > 0)
                {
                    Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"A frame was left behind in round {round}.");
                    spin.SpinOnce(sleep1Threshold: -1);
                }
            }
        }

        await Task.WhenAll(Task.Run(Run, Cancellation), Task.Run(Run, Cancellation));
        Assert.Equal(2L * rounds * frame.Length, transport.BytesSent);
    }

    private static async Task RunAsync(ProtocolHarness harness, int seed, Ending ending)
    {
        var transport = new ContractTransport(seed);
        var connection = (Connection)harness.Context.Accept(transport);
        transport.Handler = connection;
        await transport.ReceiveAsync(ClientBytes.Upgrade("/echo"));

        var producers = Producers.Select((name, index) => Task.Run(() => Produce(connection, name, new Random((seed * 3) + index)), Cancellation)).ToArray();
        var client = Task.Run(() => TalkAsync(transport), Cancellation);
        var closer = Task.Run(() => End(connection, ending, new Random((seed * 3) + 2)), Cancellation);
        var accepted = await Task.WhenAll(producers).WaitAsync(Patience, Cancellation);
        await Task.WhenAll(client, closer).WaitAsync(Patience, Cancellation);
        await transport.ReceiveAsync(CloseFrame);
        transport.EndReceive();
        await transport.Closed.WaitAsync(Patience, Cancellation);

        Assert.Empty(transport.Breaches);
        var left = Left.Read(transport.Sent, mayBeTorn: ending == Ending.Abort);
        if (ending == Ending.Abort)
            return;
        Assert.True(left.IsClosed, $"seed {seed}: no close frame");
        if (ending != Ending.SlowConsumer) // which drops what waits
            Assert.Equal((accepted[0], accepted[1]), (left.CountOf("a"), left.CountOf("b")));
        if (ending == Ending.ByTheClient)
            Assert.Equal((FramesEach, FramesEach / PingEvery), (left.CountOf("e"), left.CountOf("p")));
    }

    /// <summary>As a shard's drain: some frames, then a flush. Returns how many the connection took.</summary>
    private static int Produce(Connection connection, string name, Random random)
    {
        var taken = 0;
        while (taken < FramesEach && connection.Enqueue(OutboundFrame.Create(Opcode.Text, Payload(name, taken, random))))
        {
            taken++;
            if (random.Next(3) == 0)
                connection.Flush();
        }

        connection.Flush();
        return taken;
    }

    /// <summary>The client: messages that are echoed, and pings.</summary>
    private static async Task TalkAsync(ContractTransport transport)
    {
        for (var i = 0; i < FramesEach; i++)
        {
            if (i % PingEvery == 0 && !await transport.ReceiveAsync(ClientBytes.Frame(Opcode.Ping, Encoding.ASCII.GetBytes($"p:{i / PingEvery}:"))))
                return;
            if (!await transport.ReceiveAsync(ClientBytes.Text($"e:{i}:")))
                return;
        }
    }

    private static void End(Connection connection, Ending ending, Random random)
    {
        if (ending == Ending.ByTheClient)
            return;
        Thread.SpinWait(random.Next(20_000));
        if (ending == Ending.Abort)
            connection.Abort();
        else
            connection.Close(ending == Ending.Restart ? CloseReason.ServiceRestart : CloseReason.SlowConsumer);
    }

    /// <summary>Who, which, and a length: mostly small enough for the cork, sometimes of several remainders.</summary>
    private static byte[] Payload(string name, int number, Random random)
    {
        var length = random.Next(10) switch
        {
            0 => random.Next(65_536, 150_000),
            1 or 2 => random.Next(4000, 20_000),
            _ => random.Next(10, 400),
        };
        return Encoding.ASCII.GetBytes($"{name}:{number}:".PadRight(length, name[0]));
    }

    private enum Ending
    {
        ByTheClient,
        Restart,
        SlowConsumer,
        Abort,
    }

    /// <summary>What has left: each one's frames, which must be the first ones, in order, whole.</summary>
    private sealed class Left
    {
        private readonly Dictionary<string, int> _counts = [];

        public bool IsClosed { get; private set; }

        public int CountOf(string name) => _counts.GetValueOrDefault(name);

        public static Left Read(ReadOnlySpan<byte> bytes, bool mayBeTorn)
        {
            var left = new Left();
            if (mayBeTorn && bytes.IndexOf("\r\n\r\n"u8) < 0)
                return left;
            Assert.True(bytes.StartsWith("HTTP/1.1 101 "u8));
            bytes = bytes[(bytes.IndexOf("\r\n\r\n"u8) + 4)..];
            while (FrameHeader.TryDecode(bytes, out var header, out var size) && bytes.Length >= size + header.PayloadLength)
            {
                left.Add(header.Opcode, bytes.Slice(size, (int)header.PayloadLength));
                bytes = bytes[(size + (int)header.PayloadLength)..];
            }

            Assert.True(bytes.IsEmpty || mayBeTorn, "A frame is torn.");
            return left;
        }

        private void Add(Opcode opcode, ReadOnlySpan<byte> payload)
        {
            Assert.False(IsClosed, "Something follows the close frame.");
            IsClosed = opcode == Opcode.Close;
            if (IsClosed)
                return;
            var parts = Encoding.ASCII.GetString(payload[..Math.Min(payload.Length, 16)]).Split(':');
            Assert.Equal(CountOf(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture));
            var filling = payload[(parts[0].Length + parts[1].Length + 2)..];
            Assert.False(filling.ContainsAnyExcept((byte)parts[0][0]), "A frame holds bytes of another.");
            _counts[parts[0]] = CountOf(parts[0]) + 1;
        }
    }
}
