using System.Net.Sockets;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Connections;

/// <summary>
/// A client that takes nothing ends as a slow consumer, whichever deadline could have been first: default options, a ping after 22 to 25 s of
/// silence, 10 s for its answer, 30 s for what is sent.
/// </summary>
public sealed class SendTimeoutTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(125);

    private readonly ProtocolHarness _harness = new();
    private readonly Connection _connection;
    private readonly RecordingTransport _transport;

    public SendTimeoutTests() => (_connection, _transport) = _harness.Open();

    /// <summary>From a client that has just said something to one whose ping has been unanswered for nearly all of its time.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(25)]
    [InlineData(30)]
    [InlineData(31)]
    public void Client_ThatTakesNothing_EndsAsASlowConsumer(int silentBefore)
    {
        Advance(silentBefore);
        Assert.Equal(ConnectionState.Open, _connection.State);
        StopTaking();

        Advance(29);
        Assert.Equal(ConnectionState.Open, _connection.State);
        Advance(2);

        Assert.True(_transport.IsClosed);
        Assert.Same(CloseReason.SlowConsumer, _harness.Context.Ended.Find(_connection.Id)!.Value.Reason);
    }

    [Fact]
    public void Client_ThatTakesNothing_IsNotPinged()
    {
        StopTaking();

        Advance(29);

        Assert.Equal(0, _connection.QueuedBytes);
    }

    /// <summary>Slow is not dead: every time it takes what waits, the send's deadline begins anew.</summary>
    [Fact]
    public void Client_ThatPausesAgainAndAgainAndCatchesUp_Stays()
    {
        for (var round = 0; round < 20; round++)
        {
            StopTaking();
            Advance(20);
            TakeAgain();
            Advance(6);
            _transport.Receive(ClientBytes.Frame(Opcode.Pong, []));
        }

        Assert.Equal(ConnectionState.Open, _connection.State);
    }

    [Fact]
    public void Client_ThatTakesAgain_IsPingedAndHasAllItsTimeToAnswer()
    {
        Advance(30); // pinged, and no answer
        StopTaking();
        Advance(20);
        _transport.Forget();

        TakeAgain();
        Assert.DoesNotContain(_transport.Frames, frame => frame.Opcode == Opcode.Ping);
        Advance(1.25);
        Assert.Single(_transport.Frames, frame => frame.Opcode == Opcode.Ping);
        Advance(8);
        Assert.Equal(ConnectionState.Open, _connection.State);
        Advance(3);

        Assert.Equal("close:4408", _transport.Messages[^1]);
    }

    [Theory]
    [InlineData(SocketError.TimedOut, true, "slow_consumer")] // TCP_USER_TIMEOUT, or as many retransmissions as the kernel is told to make
    [InlineData(SocketError.TimedOut, false, "connection_lost")]
    [InlineData(SocketError.ConnectionReset, true, "connection_lost")]
    public void Kernel_GivesUpWhatIsNotTaken_EndsAsASlowConsumerToo(SocketError error, bool isPending, string expected)
    {
        if (isPending)
            StopTaking();

        _transport.Fail(error);

        Assert.Equal(expected, _harness.Context.Ended.Find(_connection.Id)!.Value.Reason.MetricLabel);
    }

    public void Dispose() => _harness.Dispose();

    private void StopTaking()
    {
        _transport.Takes = static _ => 0;
        _connection.Send(OutboundFrame.Create(Opcode.Text, "what it does not take"u8));
        Assert.True(_transport.HasRemainder);
    }

    private void TakeAgain()
    {
        _transport.Takes = null;
        _transport.TakeRemainder();
    }

    private void Advance(double seconds)
    {
        for (var tick = 0; tick < seconds * 8; tick++)
            ((FakeTimeProvider)_harness.Context.Time).Advance(Tick);
    }
}
