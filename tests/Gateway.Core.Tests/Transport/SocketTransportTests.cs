using System.Net.Sockets;
using System.Text;
using Gateway.Core.Buffers;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>What holds of a socket's transport, whichever way the kernel is asked.</summary>
public abstract class SocketTransportTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly TransportOptions _options = new();
    private readonly TransportContext _context;
    private readonly RecordingHandler _handler = new();

    protected SocketTransportTests() => _context = new TransportContext(_options, _metrics);

    public virtual void Dispose()
    {
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Args that an idle transport has rented.</summary>
    protected abstract long IdleArgs { get; }

    internal abstract SocketTransport Create(Socket socket, TransportContext context);

    [Fact]
    public async Task Receive_WhatIsConsumed_ComesOnceAndInOrder()
    {
        using var pair = await SocketPair.OpenAsync();
        Start(pair);

        var sent = Bytes(1_000_000);
        await SendAsync(pair, sent);
        pair.Client.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => _handler.Ends == 1);
        Assert.Equal(sent, _handler.Consumed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(ThreadBlock.SpillBytes)]
    public async Task Receive_WhatIsNotConsumed_ComesAgainInFrontOfWhatFollows(int atOnce)
    {
        using var pair = await SocketPair.OpenAsync();
        // Takes nothing until so much is there, then all but one byte.
        _handler.Answer = bytes => new ReceiveResult(bytes.Length < atOnce ? 0 : bytes.Length - 1, ReceiveAction.Continue);
        Start(pair);

        var sent = Bytes(300_000);
        await SendAsync(pair, sent);
        pair.Client.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => _handler.Ends == 1);
        Assert.Equal(sent[.._handler.Consumed.Length], _handler.Consumed);
        Assert.InRange(sent.Length - _handler.Consumed.Length, 1, atOnce);
    }

    [Fact]
    public async Task Receive_AYield_PresentsTheRestWithoutNewBytes()
    {
        using var pair = await SocketPair.OpenAsync();
        _handler.Answer = bytes => new ReceiveResult(1, bytes.Length > 1 ? ReceiveAction.Yield : ReceiveAction.Continue);
        Start(pair);

        await SendAsync(pair, Bytes(100));

        await Eventually.TrueAsync(() => _handler.Consumed.Length == 100);
        Assert.Equal(Bytes(100), _handler.Consumed);
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task Pause_UntilResume_PresentsTheRestAndNothingBefore(int consumed)
    {
        using var pair = await SocketPair.OpenAsync();
        var isPausing = true;
        _handler.Answer = bytes => isPausing ? new ReceiveResult(consumed, ReceiveAction.Pause) : new ReceiveResult(bytes.Length, ReceiveAction.Continue);
        var transport = Start(pair);

        await SendAsync(pair, Bytes(10));
        await Eventually.TrueAsync(() => _handler.Calls == 1);
        await SendAsync(pair, Bytes(20).AsMemory(10));
        // It is paused: what has come since stays in the kernel.
        await Eventually.TrueAsync(() => pair.Available == 10);
        Assert.Equal(1, _handler.Calls);

        isPausing = false;
        transport.Resume();

        await Eventually.TrueAsync(() => _handler.Consumed.Length == 20);
        Assert.Equal(Bytes(20), _handler.Consumed);
        Assert.Equal(0, _context.Buffers.Rented);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(10)]
    public async Task Resume_BeforeThePausingCallHasReturned_IsNotLost(int consumed)
    {
        using var pair = await SocketPair.OpenAsync();
        SocketTransport transport = null!;
        var pauses = 3;
        _handler.Answer = bytes =>
        {
            if (pauses-- <= 0)
                return new ReceiveResult(bytes.Length, ReceiveAction.Continue);
            transport.Resume();
            return new ReceiveResult(Math.Min(consumed, bytes.Length), ReceiveAction.Pause);
        };
        transport = Create(pair);
        transport.Start(_handler);

        for (var i = 0; i < 4; i++)
            await SendAsync(pair, Bytes(40).AsMemory(10 * i, 10));

        await Eventually.TrueAsync(() => _handler.Consumed.Length == 40);
        Assert.Equal(Bytes(40), _handler.Consumed);
    }

    [Fact]
    public async Task PauseAndResume_RacingManyTimes_LoseNothing()
    {
        using var pair = await SocketPair.OpenAsync();
        SocketTransport transport = null!;
        var random = new Random(1);
        _handler.Answer = bytes =>
        {
            var consumed = random.Next(bytes.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    return new ReceiveResult(consumed, ReceiveAction.Yield);
                case 1:
                    // On another thread, which may be before or after the call returns.
                    ThreadPool.UnsafeQueueUserWorkItem(_ => transport.Resume(), null);
                    return new ReceiveResult(consumed, ReceiveAction.Pause);
                case 2:
                    transport.Resume();
                    return new ReceiveResult(consumed, ReceiveAction.Pause);
                default:
                    return new ReceiveResult(bytes.Length, ReceiveAction.Continue);
            }
        };
        transport = Create(pair);
        transport.Start(_handler);

        var sent = Bytes(3_000_000);
        await SendAsync(pair, sent);
        pair.Client.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => _handler.Ends == 1);
        Assert.Equal(sent, _handler.Consumed);
    }

    [Theory]
    [InlineData(nameof(ReceiveAction.Continue))]
    [InlineData(nameof(ReceiveAction.Yield))]
    [InlineData(nameof(ReceiveAction.Pause))]
    public async Task Rest_ThatThereIsNoRoomFor_IsToldOnceAndThePeerReadToItsEnd(string action)
    {
        using var pair = await SocketPair.OpenAsync();
        _context.Buffers.Account.MaxBytes = 0;
        _handler.Answer = _ => new ReceiveResult(1, Enum.Parse<ReceiveAction>(action));
        Start(pair);

        await SendAsync(pair, Bytes(10));
        await Eventually.TrueAsync(() => _handler.Shorts == 1);
        await SendAsync(pair, Bytes(50_000));
        pair.Client.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => _handler.Ends == 1);
        Assert.Equal((1, 1), (_handler.Calls, _handler.Shorts));
        Assert.Equal((0, 0), (_context.Buffers.Rented, _context.Buffers.Account.Bytes));
    }

    [Fact]
    public async Task Rest_ThatWaits_IsCountedUntilItIsTaken()
    {
        using var pair = await SocketPair.OpenAsync();
        var takes = false;
        _handler.Answer = bytes => new ReceiveResult(takes ? bytes.Length : 0, ReceiveAction.Continue);
        var transport = Start(pair);

        await SendAsync(pair, Bytes(5000));
        await Eventually.TrueAsync(() => transport.UnconsumedBytes >= 5000);
        Assert.Equal(transport.UnconsumedBytes, _context.Buffers.Account.Bytes);
        takes = true;
        await SendAsync(pair, Bytes(1));

        await Eventually.TrueAsync(() => _handler.Consumed.Length == 5001);
        Assert.Equal((0, 0), (transport.UnconsumedBytes, _context.Buffers.Account.Bytes));
    }

    /// <summary>On an engine's thread, which serves thousands of others.</summary>
    [Fact]
    public async Task Fault_InAReceiveCall_EndsThatStreamAndNoOther()
    {
        using var pair = await SocketPair.OpenAsync();
        using var other = await SocketPair.OpenAsync();
        var otherHandler = new RecordingHandler();
        _handler.Answer = static _ => throw new InsufficientMemoryException();
        Start(pair);
        Create(other).Start(otherHandler);

        await SendAsync(pair, Bytes(10));
        Assert.Equal(SocketError.Fault, await _handler.Closed);
        Assert.Equal((1, 1, 1), (_handler.Closes, _metrics.Faults.Total, _context.OpenSockets));
        await SendAsync(other, Bytes(10));

        await Eventually.TrueAsync(() => otherHandler.Consumed.Length == 10);
    }

    [Fact]
    public async Task Discard_UpToTheBound_ReadsToTheEnd()
    {
        _options.MaxDiscardBytes = 1_000_000;
        using var pair = await SocketPair.OpenAsync();
        _handler.Answer = bytes => new ReceiveResult(bytes.Length, ReceiveAction.Discard);
        var transport = Start(pair);

        await SendAsync(pair, Bytes(900_000));
        pair.Client.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => _handler.Ends == 1);
        Assert.Equal(1, _handler.Calls);
        transport.Abort();
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]));
        await AssertGoneAsync(SocketError.Success);
    }

    [Fact]
    public async Task Discard_AboveTheBound_EndsTheStream()
    {
        _options.MaxDiscardBytes = 100_000;
        using var pair = await SocketPair.OpenAsync();
        _handler.Answer = bytes => new ReceiveResult(0, ReceiveAction.Discard);
        Start(pair);

        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await SendAsync(pair, Bytes(50_000));
        });

        await AssertGoneAsync(SocketError.ConnectionAborted);
        Assert.Equal(1, _handler.Calls);
    }

    [Fact]
    public async Task SendRemainder_WhenThePeerTakesIt_CompletesOnceAndReturnsItsBlock()
    {
        using var pair = await SocketPair.OpenAsync(client => client.ReceiveBufferSize = 16 * 1024);
        var transport = Start(pair);
        var filled = Fill(transport);
        var block = _context.Blocks.Rent();
        Bytes(20_000).CopyTo(block.Bytes, 0);

        Assert.True(transport.SendRemainder(block.Bytes.AsMemory(0, 20_000), block));
        Assert.Equal((0, 1L, 1L), (_handler.SentCount, _context.PendingSends, _context.Blocks.Rented));

        await pair.ReadAsync(filled);
        Assert.Equal(Bytes(20_000), await pair.ReadAsync(20_000));
        await Eventually.TrueAsync(() => _handler.SentCount == 1);
        Assert.Equal((0L, 0L), (_context.PendingSends, _context.Blocks.Rented));
    }

    [Fact]
    public async Task SendRemainder_ThatAnEmptySocketTakes_IsSentAtOnce()
    {
        using var pair = await SocketPair.OpenAsync();
        var transport = Start(pair);

        Assert.False(transport.SendRemainder("hello"u8.ToArray(), owner: null));

        Assert.Equal("hello", Encoding.ASCII.GetString(await pair.ReadAsync(5)));
        Assert.Equal(0, _handler.SentCount);
        Assert.Equal(0, _context.PendingSends);
    }

    [Fact]
    public async Task SendRemainder_FromWithinOnSent_IsAllowed()
    {
        using var pair = await SocketPair.OpenAsync(client => client.ReceiveBufferSize = 16 * 1024);
        var transport = Start(pair);
        var filled = Fill(transport);
        var left = 100;
        _handler.Sent = () =>
        {
            while (left-- > 0 && !transport.SendRemainder(Bytes(5_000), owner: null))
            {
            }
        };

        Assert.True(transport.SendRemainder(Bytes(5_000), owner: null));

        await pair.ReadAsync(filled);
        for (var i = 0; i < 101; i++)
            Assert.Equal(Bytes(5_000), await pair.ReadAsync(5_000));
        await Eventually.TrueAsync(() => _context.PendingSends == 0);
    }

    [Theory]
    [InlineData("receiving")]
    [InlineData("paused")]
    [InlineData("paused with a rest")]
    [InlineData("sending")]
    [InlineData("sending and paused")]
    [InlineData("after the peer's end")]
    [InlineData("discarding")]
    public async Task Abort_InEveryState_ClosesOnceAndReturnsEverything(string state)
    {
        using var pair = await SocketPair.OpenAsync(client => client.ReceiveBufferSize = 16 * 1024);
        var action = state.Contains("paused", StringComparison.Ordinal) ? ReceiveAction.Pause : state == "discarding" ? ReceiveAction.Discard : ReceiveAction.Continue;
        _handler.Answer = bytes => new ReceiveResult(state == "paused with a rest" ? 1 : bytes.Length, action);
        var transport = Start(pair);
        if (state == "after the peer's end")
        {
            pair.Client.Shutdown(SocketShutdown.Send);
            await Eventually.TrueAsync(() => _handler.Ends == 1);
        }
        else
        {
            await SendAsync(pair, Bytes(10));
            await Eventually.TrueAsync(() => _handler.Calls == 1);
        }

        if (state.Contains("sending", StringComparison.Ordinal))
        {
            Fill(transport);
            var block = _context.Blocks.Rent();
            Assert.True(transport.SendRemainder(block.Bytes, block));
        }

        transport.Abort();
        transport.Abort();

        await AssertGoneAsync(SocketError.Success);
        Assert.Equal(0, _handler.SentCount);

        // Whoever is late finds a stream that is gone.
        Assert.Equal(-1, transport.TrySend("late"u8));
        var late = _context.Blocks.Rent();
        Assert.True(transport.SendRemainder(late.Bytes, late));
        transport.Resume();
        transport.Shutdown();
        transport.Abort();
        Assert.Null(transport.RemoteEndPoint);
        await AssertGoneAsync(SocketError.Success);
    }

    [Fact]
    public async Task Abort_WithinAReceiveCall_ClosesAfterIt()
    {
        using var pair = await SocketPair.OpenAsync();
        SocketTransport transport = null!;
        _handler.Answer = bytes =>
        {
            transport.Abort();
            Assert.Equal(0, _handler.Closes);
            return new ReceiveResult(0, ReceiveAction.Pause);
        };
        transport = Create(pair);
        transport.Start(_handler);

        await SendAsync(pair, Bytes(10));

        await AssertGoneAsync(SocketError.Success);
    }

    [Fact]
    public async Task Reset_ByThePeer_ClosesWithItsError()
    {
        using var pair = await SocketPair.OpenAsync();
        Start(pair);

        pair.Client.LingerState = new LingerOption(true, 0);
        pair.Client.Dispose();

        await AssertGoneAsync(SocketError.ConnectionReset);
        Assert.Equal(0, _handler.Ends);
    }

    [Fact]
    public async Task Reset_WhileASendIsPending_ClosesOnce()
    {
        using var pair = await SocketPair.OpenAsync(client => client.ReceiveBufferSize = 16 * 1024);
        var transport = Start(pair);
        Fill(transport);
        var block = _context.Blocks.Rent();
        Assert.True(transport.SendRemainder(block.Bytes, block));

        pair.Client.LingerState = new LingerOption(true, 0);
        pair.Client.Dispose();

        await _handler.Closed;
        await AssertGoneAsync();
    }

    [Fact]
    public async Task Shutdown_LetsThePeerReadToTheEnd()
    {
        using var pair = await SocketPair.OpenAsync();
        var transport = Start(pair);

        Assert.Equal(7, transport.TrySend("goodbye"u8));
        transport.Shutdown();

        Assert.Equal("goodbye", Encoding.ASCII.GetString(await pair.ReadAsync(7)));
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1]));
        // The other direction works on.
        await SendAsync(pair, Bytes(10));
        await Eventually.TrueAsync(() => _handler.Consumed.Length == 10);
    }

    [Fact]
    public async Task Abort_RacingWithEverything_ClosesOnceAndReturnsEverything()
    {
        for (var round = 0; round < 400; round++)
        {
            using var pair = await SocketPair.OpenAsync(client =>
            {
                client.ReceiveBufferSize = 16 * 1024;
                if (round % 2 == 0)
                    client.LingerState = new LingerOption(true, 0);
            });
            var handler = new RecordingHandler();
            var random = new Random(round);
            var spins = random.Next(20_000);
            SocketTransport transport = null!;
            handler.Answer = bytes =>
            {
                var action = (ReceiveAction)random.Next(3);
                if (action == ReceiveAction.Pause)
                    ThreadPool.UnsafeQueueUserWorkItem(_ => transport.Resume(), null);
                return new ReceiveResult(random.Next(bytes.Length + 1), action);
            };
            transport = Create(pair);
            transport.Start(handler);

            await Task.WhenAll(
                Task.Run(() =>
                {
                    var block = _context.Blocks.Rent();
                    var isPending = false;
                    while (!isPending && transport.TrySend(Bytes(20_000)) is not -1 and var taken)
                    {
                        if (taken < 20_000)
                            isPending = transport.SendRemainder(block.Bytes, block);
                        if (taken < 20_000 && !isPending)
                            return; // sent at once: the transport has returned the block
                    }

                    if (!isPending)
                        block.Return();
                }),
                Task.Run(() =>
                {
                    pair.Client.Send(Bytes(50_000), SocketFlags.None, out _); // it may well be reset
                    if (round % 4 < 2)
                        pair.Client.Dispose();
                }),
                Task.Run(() =>
                {
                    Thread.SpinWait(spins);
                    transport.Abort();
                }),
                Task.Run(transport.Abort));

            await handler.Closed;
            Assert.Empty(handler.Faults);
            Assert.Equal(1, handler.Closes);
            Assert.Equal((0L, 0L, 0L, 0L, 0L), (_context.OpenSockets, _context.PendingSends, _context.Args.Rented, _context.Blocks.Rented, _context.Buffers.Rented));
        }
    }

    [Fact]
    public async Task IdleTransport_RentsNothingButWhatItWaitsWith()
    {
        using var pair = await SocketPair.OpenAsync();
        Start(pair);
        await SendAsync(pair, Bytes(10));
        await Eventually.TrueAsync(() => _handler.Calls == 1);

        Assert.Equal((IdleArgs, 0L, 0L), (_context.Args.Rented, _context.Blocks.Rented, _context.Buffers.Rented));
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }

    private static async Task SendAsync(SocketPair pair, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await pair.Client.SendAsync(bytes)..];
    }

    /// <summary>Sends until the kernel takes no more. Returns how much it took.</summary>
    private static int Fill(SocketTransport transport)
    {
        var total = 0;
        for (var refusals = 0; refusals < 3;)
        {
            var taken = transport.TrySend(Bytes(50_000));
            total += taken;
            refusals = taken == 0 ? refusals + 1 : 0;
        }

        return total;
    }

    private SocketTransport Create(SocketPair pair) => Create(pair.Server, _context);

    private SocketTransport Start(SocketPair pair)
    {
        var transport = Create(pair);
        transport.Start(_handler);
        return transport;
    }

    private async Task AssertGoneAsync(SocketError? error = null)
    {
        var closed = await _handler.Closed;
        if (error is not null)
            Assert.Equal(error, closed);
        Assert.Equal(1, _handler.Closes);
        Assert.Empty(_handler.Faults);
        Assert.Equal((0L, 0L, 0L, 0L, 0L), (_context.OpenSockets, _context.PendingSends, _context.Args.Rented, _context.Blocks.Rented, _context.Buffers.Rented));
    }
}
