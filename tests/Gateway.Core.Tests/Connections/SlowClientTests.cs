using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Connections;

/// <summary>One client of gateway.v1 for whom the kernel takes nothing: what is dropped for it, and how it learns of it.</summary>
public sealed class SlowClientTests : IDisposable
{
    private const int MaxQueueBytes = 1_000;
    private const int FrameBytes = 100;

    private readonly ProtocolHarness _harness = new(options => options.Limits.MaxQueueBytes = MaxQueueBytes);
    private readonly Connection _connection;
    private readonly RecordingTransport _transport;

    public SlowClientTests() => (_connection, _transport) = _harness.Open();

    private FakeTimeProvider Time => (FakeTimeProvider)_harness.Context.Time;

    [Fact]
    public void Client_ThatIsNotBehind_GetsEverythingWhateverTheRule()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        for (var i = 0; i < 5; i++)
            Assert.Equal(EnqueueResult.Queued, Publish(prices, i, "same"));
        _connection.Flush();

        Assert.Equal([0, 1, 2, 3, 4], Received());
        Assert.True(_harness.Context.Skipped.IsEmpty);
    }

    [Fact]
    public void DropNewest_IsToldOnceTheClientTakesSomething()
    {
        var news = Channel("news", SlowConsumer.DropNewest);
        FallBehind();
        var results = Enumerable.Range(0, 12).Select(i => Publish(news, i)).ToList();
        Assert.Equal(Enumerable.Repeat(EnqueueResult.Queued, 10).Concat([EnqueueResult.Dropped, EnqueueResult.Dropped]), results);
        Assert.Equal(2, Dropped(DropReason.DropNewest));

        Drain();

        Assert.Equal(["""{"type":"skipped","channel":"news","count":2}"""], Skipped());
        Assert.Equal(Enumerable.Range(0, 10), Received());
        Assert.Equal(ConnectionState.Open, _connection.State);
        Assert.Equal((0, 0), (_harness.Context.Queues.Rented, _harness.Context.Transport.Buffers.Account.Bytes));
    }

    [Fact]
    public void DropOldest_KeepsTheLatestInOrder()
    {
        var news = Channel("news", SlowConsumer.DropOldest);
        FallBehind();
        for (var i = 0; i < 25; i++)
            Publish(news, i);

        Drain();

        Assert.Equal(Enumerable.Range(15, 10), Received());
        Assert.Equal(["""{"type":"skipped","channel":"news","count":15}"""], Skipped());
        Assert.Equal(15, Dropped(DropReason.DropOldest));
    }

    [Fact]
    public void Conflate_EndsOnTheNewestOfEachKeyAndSkipsNothing()
    {
        var prices = Channel("prices", SlowConsumer.Conflate);
        FallBehind();
        for (var i = 0; i < 100; i++)
            Publish(prices, i, "key" + (i % 3));

        Drain();

        Assert.Equal([99, 97, 98], Received());
        Assert.Empty(Skipped());
        Assert.Equal((97, 0), (_harness.Metrics.Conflated.Value, Dropped(DropReason.DropOldest)));
    }

    [Fact]
    public void Skipped_IsToldOnceASecondAndTheLastCountArrives()
    {
        var news = Channel("news", SlowConsumer.DropNewest);
        FallBehind();
        PublishTooMany(news, 3);
        Drain();
        Assert.Equal(3, Assert.Single(Counts()));

        // Two more times within the same second, each with a queue that runs empty.
        for (var round = 0; round < 2; round++)
        {
            FallBehind();
            PublishTooMany(news, 4);
            Drain();
        }

        Assert.Equal([3], Counts());
        Assert.Equal(0, _harness.Context.Queues.Rented);

        Time.Advance(TimeSpan.FromSeconds(2)); // nothing more is published
        Assert.Equal([3, 8], Counts());
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([3, 8], Counts());
    }

    [Fact]
    public void Skipped_OfAClientThatTakesNothing_DoesNotPileUp()
    {
        var news = Channel("news", SlowConsumer.DropOldest);
        FallBehind();
        for (var second = 0; second < 20; second++)
        {
            PublishTooMany(news, 5);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_connection.QueuedBytes, 1, MaxQueueBytes);
        Drain();
        Assert.Equal(Dropped(DropReason.DropOldest), Counts().Sum());
        Assert.Single(Counts());
    }

    [Fact]
    public void Skipped_OfWhatIsLeft_IsToldBeforeTheUnsubscribesAnswerAndForgotten()
    {
        var news = Channel("news", SlowConsumer.DropNewest);
        FallBehind();
        PublishTooMany(news, 3);
        Assert.Equal(3, Assert.Single(_connection.ReadSkips()).DroppedNewest);

        _connection.LeaveChannel("news");

        Assert.Empty(_connection.ReadSkips());
        Drain();
        Assert.Equal([3], Counts());
    }

    [Fact]
    public void Skipped_UntoldAtAPlannedEnd_IsToldBeforeTheCloseFrame()
    {
        var news = Channel("news", SlowConsumer.DropNewest);
        FallBehind();
        PublishTooMany(news, 3);
        Drain();
        FallBehind();
        PublishTooMany(news, 2);

        _connection.Close(CloseReason.ServiceRestart);

        Drain();
        Assert.Equal([3, 2], Counts());
        Assert.Equal("close:1012", _transport.Messages[^1]);
    }

    [Fact]
    public void Disconnect_WithMaxBehindBytes_ClosesAtThatBound()
    {
        var news = Channel("news", SlowConsumer.Disconnect, maxBehindBytes: 3 * FrameBytes);
        FallBehind();
        for (var i = 0; i < 3; i++)
            Assert.Equal(EnqueueResult.Queued, Publish(news, i));

        Assert.Equal(EnqueueResult.Closed, Publish(news, 3));

        Assert.Equal(ConnectionState.Closing, _connection.State);
        Assert.Equal(4, Dropped(DropReason.SlowConsumer));
    }

    [Fact]
    public void Answers_OfAClientWhosePublicationsFillItsQueue_AreNotDropped()
    {
        var news = Channel("news", SlowConsumer.DropOldest);
        FallBehind();
        PublishTooMany(news, 3);
        for (var i = 0; i < 5; i++)
            _transport.Receive(ClientBytes.Frame(Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"ping","id":{{i}}}""")));
        _transport.Receive(ClientBytes.Frame(Opcode.Ping, "still?"u8));

        Drain();

        Assert.Equal(5, _transport.Messages.Count(message => message.StartsWith("""{"type":"pong""", StringComparison.Ordinal)));
        Assert.Contains(_transport.Frames, frame => frame.Opcode == Opcode.Pong);
        Assert.Equal(ConnectionState.Open, _connection.State);
    }

    [Fact]
    public void Answers_ThatNobodyTakes_CloseAtTwiceTheBound()
    {
        FallBehind();
        PublishTooMany(Channel("news", SlowConsumer.DropNewest), 1);
        for (var i = 0; i < 20 && _connection.State == ConnectionState.Open; i++)
            _connection.Reply(OutboundFrame.Create(Opcode.Text, new byte[FrameBytes - 2]));

        Assert.Equal(ConnectionState.Closing, _connection.State);
        Assert.InRange(Dropped(DropReason.SlowConsumer), 20, 21);
    }

    [Fact]
    public void Backlog_GivenUpForMemory_IsDroppedByTheRuleAndTold()
    {
        var news = Channel("news", SlowConsumer.DropOldest);
        FallBehind();
        for (var i = 0; i < 6; i++)
            Publish(news, i);

        Assert.True(_connection.Shed());

        Assert.Equal((0L, 6L, ConnectionState.Open), (_connection.QueuedBytes, Dropped(DropReason.Memory), _connection.State));
        Drain();
        Assert.Equal([6], Counts());
    }

    [Fact]
    public void Connection_ThatIsGone_LeavesTheTable()
    {
        FallBehind();
        PublishTooMany(Channel("news", SlowConsumer.DropNewest), 3);
        Assert.Equal(1, _harness.Context.Skipped.Count);

        _connection.Abort();

        Assert.True(_harness.Context.Skipped.IsEmpty);
    }

    public void Dispose() => _harness.Dispose();

    /// <summary>Something is pending from here on.</summary>
    private void FallBehind()
    {
        _transport.Takes = static _ => 0;
        _connection.Send(OutboundFrame.Create(Opcode.Text, "first"u8));
        Assert.True(_transport.HasRemainder);
    }

    /// <summary>The client takes all.</summary>
    private void Drain()
    {
        _transport.Takes = null;
        _transport.TakeRemainder();
    }

    /// <summary>Fills the queue, and so many more.</summary>
    private void PublishTooMany(OutboundChannel channel, int tooMany)
    {
        while (_connection.QueuedBytes + FrameBytes <= MaxQueueBytes)
            Publish(channel, 0);
        for (var i = 0; i < tooMany; i++)
            Publish(channel, i);
    }

    private EnqueueResult Publish(OutboundChannel channel, int number, string? key = null) =>
        _connection.Enqueue(OutboundFrame.Create(Opcode.Text, Encoding.ASCII.GetBytes($"p{number}".PadRight(FrameBytes - 2, '.'))), channel, new Publication(key));

    private static OutboundChannel Channel(string name, SlowConsumer choice, int maxBehindBytes = 0) => new(name, new SlowConsumerPolicy(choice, key: null, maxBehindBytes));

    private long Dropped(DropReason reason) => _harness.Metrics.Drops[(int)reason].Value;

    private IEnumerable<int> Received() => _transport.Messages.Where(message => message.StartsWith('p')).Select(message => int.Parse(message[1..].TrimEnd('.'), CultureInfo.InvariantCulture));

    private IEnumerable<string> Skipped() => _transport.Messages.Where(message => message.StartsWith("""{"type":"skipped""", StringComparison.Ordinal));

    private IEnumerable<int> Counts() => Skipped().Select(message => JsonDocument.Parse(message).RootElement.GetProperty("count").GetInt32());

    private sealed class Publication(string? key) : IKeyedPublication
    {
        public string? KeyBy(JsonPointer? pointer) => key;
    }
}
