using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Tests.Framing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Connections;

/// <summary>What a client has sent and nobody can act upon yet: it is counted, has a deadline, and goes when it is given up.</summary>
public sealed class MessageInPartTests : IDisposable
{
    private const string Deflate = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n";

    private readonly ProtocolHarness _harness = new(options =>
    {
        options.Echo.Enabled = true;
        options.Limits.BytesPerSecond = 10_000;
        options.Rules.Add(new RuleOptions { Publish = RuleAudience.Anyone });
    });

    private MemoryAccount Account => _harness.Context.Transport.Buffers.Account;

    private FakeTimeProvider Time => (FakeTimeProvider)_harness.Context.Time;

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("closed by the node")]
    [InlineData("given up")]
    [InlineData("ended by the client")]
    [InlineData("cut")]
    public void Part_OfAMessage_GoesWithTheEndAndNotWithTheClientsAnswer(string how)
    {
        var (connection, transport) = _harness.Open("/echo");
        transport.Receive(ClientBytes.Frame(Opcode.Binary, new byte[9000]).AsSpan(0, 8000));
        Assert.InRange(Account.Bytes, 7000, 20_000);

        switch (how)
        {
            case "closed by the node":
                Assert.True(connection.Close(CloseReason.ServiceRestart));
                break;
            case "given up":
                Assert.True(connection.Shed());
                break;
            case "ended by the client":
                connection.OnEnd();
                break;
            default:
                connection.Abort();
                break;
        }

        Assert.Equal(0, Account.Bytes);
        Assert.NotEqual(ConnectionState.Open, connection.State);
    }

    [Fact]
    public void Part_OfAMessage_ThatNeverEnds_IsClosedAtItsDeadline()
    {
        var (connection, transport) = _harness.Open("/echo");
        transport.Receive(ClientBytes.Frame(Opcode.Binary, new byte[100]).AsSpan(0, 50));
        for (var i = 0; i < 11; i++)
        {
            // Its client goes on, byte by byte, and answers pings.
            Time.Advance(TimeSpan.FromSeconds(5));
            transport.Receive([0]);
        }

        Assert.Equal(ConnectionState.Open, connection.State);
        Time.Advance(TimeSpan.FromSeconds(7));

        Assert.NotEqual(ConnectionState.Open, connection.State);
        Assert.Contains("close:4410", transport.Messages);
        Assert.Equal(0, Account.Bytes);
    }

    [Fact]
    public void Messages_EachWithinItsTime_AreNeverOverdue()
    {
        var (connection, transport) = _harness.Open("/echo");
        var frame = ClientBytes.Frame(Opcode.Binary, new byte[100]);
        for (var i = 0; i < 6; i++)
        {
            // One ends and the next begins in the same turn: there is never a moment without a part.
            transport.Receive(frame.AsSpan(0, 50));
            Time.Advance(TimeSpan.FromSeconds(20));
            transport.Receive(frame.AsSpan(50));
        }

        Assert.Equal(ConnectionState.Open, connection.State);
        var next = frame.AsSpan(0, 50).ToArray();
        transport.Receive(next);
        for (var i = 0; i < 4; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(20));
            transport.Receive([.. frame.AsSpan(50), .. next]);
        }

        Assert.Equal(ConnectionState.Open, connection.State);
    }

    /// <summary>RFC 6455 §5.4: control frames may come between fragments, and a turn may end behind any of them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Message_WithAnyNumberOfControlFramesInItsMidst_IsWhole(bool isCompressed)
    {
        using var harness = new ProtocolHarness(options => (options.Echo.Enabled, options.Limits.ControlFramesPerSecond) = (true, 1_000_000));
        var (_, transport) = harness.Request("/echo", isCompressed ? Deflate : "");
        var whole = "abcdef"u8.ToArray();
        var payload = isCompressed ? CompressedFrames.Compress(whole) : whole;
        var first = isCompressed ? CompressedFrames.Frame(Opcode.Text, payload.AsSpan(0, 3), fin: false) : ClientBytes.Frame(Opcode.Text, payload.AsSpan(0, 3));
        first[0] &= 0x7F; // not the last
        for (var controls = 1; controls <= 200; controls++)
        {
            transport.Forget();
            var pongs = Enumerable.Repeat(ClientBytes.Frame(Opcode.Pong, "p"u8), controls).SelectMany(static frame => frame);

            transport.Receive([.. first, .. pongs, .. ClientBytes.Frame(Opcode.Continuation, payload.AsSpan(3))]);

            var answer = Assert.Single(transport.Messages);
            if (!isCompressed)
                Assert.Equal("abcdef", answer);
        }
    }

    [Fact]
    public void Message_ThatBeginsWhereATurnEnds_HasItsOwnTime()
    {
        var (connection, transport) = _harness.Open("/echo");
        var frame = ClientBytes.Frame(Opcode.Binary, new byte[100]);
        transport.Receive(frame.AsSpan(0, 50));
        Time.Advance(TimeSpan.FromSeconds(50));

        // The end of it, and as many as make a turn; behind them the next begins.
        transport.Receive([.. frame.AsSpan(50), .. Enumerable.Repeat(ClientBytes.Frame(Opcode.Binary, "m"u8), 63).SelectMany(static message => message), .. frame.AsSpan(0, 50)]);
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ConnectionState.Open, connection.State);

        Time.Advance(TimeSpan.FromSeconds(32));
        Assert.Contains("close:4410", transport.Messages);
    }

    [Fact]
    public void Request_GivenUp_IsAnsweredAndCut()
    {
        var transport = new RecordingTransport { UnconsumedBytes = 30_000 };
        var connection = (Connection)_harness.Context.Accept(transport);
        transport.Handler = connection;
        transport.Receive("GET / HTTP/1.1\r\n"u8);
        Assert.Equal(30_000, connection.WaitingBytes);

        Assert.True(connection.Shed());

        Assert.StartsWith("HTTP/1.1 503 ", Encoding.ASCII.GetString(transport.Sent), StringComparison.Ordinal);
        Assert.True(transport.IsClosed);
        Assert.False(connection.Shed());
    }

    [Fact]
    public void Short_InTheHandshake_IsA503AndAfterItA1013()
    {
        var transport = new RecordingTransport();
        var connection = (Connection)_harness.Context.Accept(transport);
        transport.Handler = connection;
        connection.OnShort();
        Assert.StartsWith("HTTP/1.1 503 ", Encoding.ASCII.GetString(transport.Sent), StringComparison.Ordinal);

        var (open, stream) = _harness.Open("/echo");
        open.OnShort();
        Assert.Contains("close:1013", stream.Messages);
        Assert.NotEqual(ConnectionState.Open, open.State);
    }

    [Fact]
    public void Part_WithoutRoom_IsClosedWith1013AndWhatCameBeforeCounts()
    {
        var (connection, transport) = _harness.Open("/echo");
        Account.MaxBytes = 6000; // for the answer

        transport.Receive([.. ClientBytes.Text("before"), .. ClientBytes.Frame(Opcode.Binary, new byte[9000]).AsSpan(0, 8000)]);

        Assert.Equal(["before", "close:1013"], transport.Messages);
        Assert.Equal(0, Account.Bytes);
        Assert.NotEqual(ConnectionState.Open, connection.State);
    }

    [Fact]
    public void CompressedMessage_CountsAsWhatItBecomes()
    {
        var (connection, transport) = _harness.Request("/echo", Deflate);
        Assert.NotNull(connection.Compression);
        var message = CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(new byte[8000]));
        Assert.InRange(message.Length, 1, 100);

        transport.Receive(message);
        Assert.Equal(ConnectionState.Open, connection.State);
        transport.Receive(message);

        Assert.Contains("close:4429", transport.Messages);
    }

    [Fact]
    public void CompressedCommand_OfTooManyFields_IsAnsweredForWhatWasLookedAt()
    {
        using var harness = new ProtocolHarness(options => options.Limits.BytesPerSecond = 100_000);
        var (connection, transport) = harness.Request("/", Deflate);
        transport.Forget();
        var message = CompressedFrames.Frame(Opcode.Text, CompressedFrames.Compress(Encoding.ASCII.GetBytes("{\"type\":\"ping\"" + string.Concat(Enumerable.Repeat(",\"\\u0061\":1", 90_000)) + "}")));

        // A megabyte, of which less than the second's 100,000 bytes is decompressed.
        transport.Receive(message);

        Assert.Contains("too_large", Assert.Single(transport.Messages), StringComparison.Ordinal);
        Assert.Equal(ConnectionState.Open, connection.State);
    }

    [Fact]
    public void CompressedMessages_EndATurnByWhatTheyBecome()
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var (connection, _) = harness.Request("/echo", Deflate);
        var message = CompressedFrames.Frame(Opcode.Binary, CompressedFrames.Compress(new byte[100_000]));
        byte[] turn = [.. message, .. message, .. message];

        var result = connection.OnReceived(turn);

        Assert.Equal(new Core.Transport.ReceiveResult(message.Length, Core.Transport.ReceiveAction.Yield), result);
    }

    [Fact]
    public void Publication_OnItsWay_IsCountedUntilItIsDone()
    {
        var (_, transport) = _harness.Open();
        var done = new TaskCompletionSource<Core.Channels.PublishResult>();
        _harness.Channels.Published = () => new(done.Task);

        transport.Receive(ClientBytes.Text("""{"type":"publish","id":1,"channel":"a","data":"0123456789"}"""));
        Assert.Equal(12, Account.Bytes);
        done.SetResult(Core.Channels.PublishResult.Published);

        Assert.Equal(0, Account.Bytes);
    }

    [Fact]
    public void Publication_WithoutRoom_IsRefusedAndTheConnectionGoesOn()
    {
        var (connection, transport) = _harness.Open();
        Account.Add(1000);
        Account.MaxBytes = 1005;

        transport.Receive(ClientBytes.Text("""{"type":"publish","id":1,"channel":"a","data":"0123456789"}"""));
        Account.MaxBytes = long.MaxValue;
        transport.Receive(ClientBytes.Text("""{"type":"ping","id":2}"""));

        Assert.DoesNotContain(_harness.Channels.Asked, asked => asked.StartsWith("a=", StringComparison.Ordinal));
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(1, _harness.Metrics.LimitsReached.Total);
    }

    /// <summary>Whoever ends a connection takes its reader for a moment; a turn that runs then gives its part back itself.</summary>
    [Fact]
    public async Task Ends_WhileTurnsRun_LeaveNothing()
    {
        using var harness = new ProtocolHarness(options => options.Echo.Enabled = true);
        var account = harness.Context.Transport.Buffers.Account;
        var frame = ClientBytes.Frame(Opcode.Binary, new byte[3000]);
        for (var round = 0; round < 300; round++)
        {
            var (connection, transport) = harness.Open("/echo");
            using var start = new Barrier(2);
            await Task.WhenAll(
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    for (var at = 0; at < frame.Length; at += 100)
                        transport.Receive(frame.AsSpan(at, Math.Min(100, frame.Length - at)));
                }),
                Task.Run(() =>
                {
                    start.SignalAndWait();
                    for (var spins = round % 50; spins > 0; spins--)
                        Thread.SpinWait(20);
                    connection.Close(CloseReason.ServiceRestart);
                }));

            Assert.Equal(0, connection.PartialBytes);
            connection.Abort();
        }

        Assert.Equal(0, account.Bytes);
    }
}
