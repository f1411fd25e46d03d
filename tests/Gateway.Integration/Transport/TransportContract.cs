using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Core.Transport;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Transport;

/// <summary>What every transport owes its handler, whatever is below it.</summary>
public abstract class TransportContract
{
    // More than any buffer on the way holds.
    private const int MuchBytes = 6 * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal abstract TransportFixture CreateFixture();

    /// <summary>The client's end of a connection.</summary>
    internal abstract Task<Stream> OpenClientAsync(Socket socket);

    /// <summary>Ends the client's direction, as clients of this transport do.</summary>
    internal abstract Task EndAsync(Stream client, Socket socket);

    [Fact]
    public async Task Received_InManyPieces_ComesInOrder()
    {
        await using var pair = await ConnectAsync();
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        for (var start = 0; start < bytes.Length; start += 7001)
            await pair.Client.WriteAsync(bytes.AsMemory(start, Math.Min(7001, bytes.Length - start)));

        await pair.Handler.ReceivesAsync(bytes.Length);
        Assert.Equal(bytes, pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Received_WhatIsNotConsumed_ComesAgainInFront()
    {
        // Whole pieces of four only.
        await using var pair = await ConnectAsync(_ => bytes => new ReceiveResult(bytes.Length / 4 * 4, ReceiveAction.Continue));

        foreach (var piece in (string[])["a", "bc", "defgh", "ijk", "l"])
        {
            await pair.Client.WriteAsync(System.Text.Encoding.ASCII.GetBytes(piece));
            await pair.Client.FlushAsync();
        }

        await pair.Handler.ReceivesAsync(12);
        Assert.Equal("abcdefghijkl"u8.ToArray(), pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Yield_WithBytesLeft_PresentsThemAgainWithoutNewOnes()
    {
        await using var pair = await ConnectAsync(_ => bytes => new ReceiveResult(1, bytes.Length > 1 ? ReceiveAction.Yield : ReceiveAction.Continue));

        await pair.Client.WriteAsync("0123456789"u8.ToArray());

        await pair.Handler.ReceivesAsync(10);
        Assert.Equal("0123456789"u8.ToArray(), pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Pause_UntilResume_PresentsNothing()
    {
        var pauses = 0;
        await using var pair = await ConnectAsync(_ => bytes =>
            pauses++ == 0 ? new ReceiveResult(0, ReceiveAction.Pause) : new ReceiveResult(bytes.Length, ReceiveAction.Continue));
        var bytes = RandomNumberGenerator.GetBytes(MuchBytes);

        var write = pair.Client.WriteAsync(bytes).AsTask();
        await Eventually.TrueAsync(() => pair.Handler.Calls == 1);
        // More than the kernel and the transport hold: the client stands still while nobody reads.
        Assert.False(write.IsCompleted);
        Assert.Equal((1, 0), (pair.Handler.Calls, pair.Handler.Received.Length));
        pair.Handler.Transport.Resume();

        await write.WaitAsync(Patience);
        await pair.Handler.ReceivesAsync(bytes.Length);
        Assert.Equal(bytes, pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Resume_BeforeThePausingCallHasReturned_Counts()
    {
        await using var pair = await ConnectAsync(handler => bytes =>
        {
            handler.Transport.Resume();
            return new ReceiveResult(1, ReceiveAction.Pause);
        });

        await pair.Client.WriteAsync("0123456789"u8.ToArray());

        await pair.Handler.ReceivesAsync(10);
        Assert.Equal("0123456789"u8.ToArray(), pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Resume_FromAnotherThreadAtAnyMoment_LosesNothing()
    {
        await using var pair = await ConnectAsync(handler => bytes =>
        {
            _ = Task.Run(handler.Transport.Resume);
            return new ReceiveResult(Math.Min(bytes.Length, 11), ReceiveAction.Pause);
        });
        var bytes = RandomNumberGenerator.GetBytes(20_000);

        await pair.Client.WriteAsync(bytes);

        await pair.Handler.ReceivesAsync(bytes.Length);
        Assert.Equal(bytes, pair.Handler.Received);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Pause_ThenAbort_ClosesOnce()
    {
        await using var pair = await ConnectAsync(_ => _ => new ReceiveResult(0, ReceiveAction.Pause));
        await pair.Client.WriteAsync("some bytes"u8.ToArray());
        await Eventually.TrueAsync(() => pair.Handler.Calls == 1);

        pair.Handler.Transport.Abort();

        await pair.ClosedOnceAsync();
    }

    [Fact]
    public async Task Discard_ThenThePeersEnd_IsToldOnce()
    {
        await using var pair = await ConnectAsync(_ => bytes => new ReceiveResult(bytes.Length, ReceiveAction.Discard));

        await pair.Client.WriteAsync(new byte[100]);
        await Eventually.TrueAsync(() => pair.Handler.Calls == 1);
        await pair.Client.WriteAsync(new byte[50_000]);
        await EndAsync(pair.Client, pair.Socket);
        pair.Socket.Shutdown(SocketShutdown.Send);

        await Eventually.TrueAsync(() => pair.Handler.Ends == 1);
        Assert.Equal(1, pair.Handler.Calls);
        pair.Handler.Transport.Abort();
        await pair.ClosedOnceAsync();
    }

    [Fact]
    public async Task Discard_MoreThanTheBound_EndsTheStream()
    {
        await using var pair = await ConnectAsync(_ => bytes => new ReceiveResult(bytes.Length, ReceiveAction.Discard));

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            using var patience = new CancellationTokenSource(Patience);
            while (true)
                await pair.Client.WriteAsync(new byte[65536], patience.Token);
        });

        await pair.ClosedOnceAsync();
    }

    [Fact]
    public async Task End_OfThePeer_LeavesTheOtherDirectionOpen()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.WriteAsync("last words"u8.ToArray());
        await EndAsync(pair.Client, pair.Socket);
        await Eventually.TrueAsync(() => pair.Handler.Ends == 1);

        Assert.Equal(6, pair.Handler.Transport.TrySend("answer"u8));
        pair.Handler.Transport.Shutdown();

        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(pair.Client));
        Assert.Equal("last words"u8.ToArray(), pair.Handler.Received);
        pair.Handler.Transport.Abort();
        pair.Socket.Shutdown(SocketShutdown.Send);
        await pair.ClosedOnceAsync();
    }

    [Fact]
    public async Task Abort_AfterThePeersEndAndAnAnswer_DoesNotOvertakeTheAnswer()
    {
        await using var pair = await ConnectAsync();
        await EndAsync(pair.Client, pair.Socket);
        await Eventually.TrueAsync(() => pair.Handler.Ends == 1);

        Assert.Equal(6, pair.Handler.Transport.TrySend("answer"u8));
        pair.Handler.Transport.Abort();

        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(pair.Client));
        pair.Socket.Dispose();
        await pair.ClosedOnceAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(40_000)]
    public async Task TrySend_WithRoom_TakesAll(int length)
    {
        await using var pair = await ConnectAsync();
        var bytes = RandomNumberGenerator.GetBytes(length);

        Assert.Equal(length, pair.Handler.Transport.TrySend(bytes));

        Assert.Equal(bytes, await ReadAsync(pair.Client, length));
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Send_ToAPeerThatDoesNotRead_ArrivesWholeAndInOrderOnceItDoes()
    {
        await using var pair = await ConnectAsync(receiveBufferBytes: 4096);
        var bytes = RandomNumberGenerator.GetBytes(MuchBytes);
        var send = Task.Run(() => SendAll(pair, bytes));
        await Eventually.TrueAsync(() => Volatile.Read(ref pair.Pendings) > 0 || send.IsCompleted);
        Assert.False(send.IsCompleted);

        Assert.Equal(bytes, await ReadAsync(pair.Client, bytes.Length));

        await send.WaitAsync(Patience);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task KernelState_OfAPeerThatReadsLate_SaysWhatWaitsUntilItHas()
    {
        await using var pair = await ConnectAsync(receiveBufferBytes: 4096);
        var bytes = RandomNumberGenerator.GetBytes(MuchBytes);
        var send = Task.Run(() => SendAll(pair, bytes));
        await Eventually.TrueAsync(() => Volatile.Read(ref pair.Pendings) > 0 || send.IsCompleted);
        if (OperatingSystem.IsLinux())
        {
            await Eventually.TrueAsync(() => pair.Handler.Transport.ReadKernelState() is { State: TcpState.Established, UnsentBytes: > 0 } state
                && state.UnacknowledgedBytes >= state.UnsentBytes && state.CongestionWindow > 0);
        }

        Assert.Equal(bytes, await ReadAsync(pair.Client, bytes.Length));
        await send.WaitAsync(Patience);

        if (OperatingSystem.IsLinux())
        {
            await Eventually.TrueAsync(() => pair.Handler.Transport.ReadKernelState() is { UnsentBytes: 0, UnacknowledgedBytes: 0, RoundTripMicroseconds: > 0 });
            var state = pair.Handler.Transport.ReadKernelState()!.Value;
            Assert.InRange(state.SinceSentMilliseconds, 0, (int)Patience.TotalMilliseconds);
            Assert.InRange(state.SinceAcknowledgedMilliseconds, 0, (int)Patience.TotalMilliseconds);
        }

        await pair.EndsWellAsync();
        Assert.Null(pair.Handler.Transport.ReadKernelState());
    }

    [Fact]
    public async Task Shutdown_RightBehindAPendingSend_ComesAfterTheLastByte()
    {
        await using var pair = await ConnectAsync(receiveBufferBytes: 4096);
        var bytes = RandomNumberGenerator.GetBytes(MuchBytes);
        var send = Task.Run(async () =>
        {
            await SendAll(pair, bytes);
            pair.Handler.Transport.Shutdown();
        });

        Assert.Equal(bytes, await ReadToEndAsync(pair.Client));

        await send.WaitAsync(Patience);
        await pair.EndsWellAsync();
    }

    [Fact]
    public async Task Abort_WithASendPending_ReturnsItsBlockAndClosesOnce()
    {
        await using var pair = await ConnectAsync(receiveBufferBytes: 4096);
        FillUp(pair);

        pair.Handler.Transport.Abort();

        await pair.ClosedOnceAsync();
        Assert.Equal(0, pair.Handler.Sent);
        Assert.Equal(-1, pair.Handler.Transport.TrySend("late"u8));
        var late = pair.Fixture.Context.Blocks.Rent();
        Assert.True(pair.Handler.Transport.SendRemainder(late.Bytes, late));
        await pair.Fixture.ReturnsToBaselineAsync();
    }

    [Fact]
    public async Task Reset_ByThePeerWithASendPending_ClosesOnce()
    {
        await using var pair = await ConnectAsync(receiveBufferBytes: 4096);
        FillUp(pair);

        pair.Socket.LingerState = new LingerOption(true, 0);
        pair.Socket.Dispose();

        await pair.ClosedOnceAsync();
    }

    [Fact]
    public async Task Abort_AtAnyMoment_ClosesOnceAndReturnsEverything()
    {
        for (var i = 0; i < 60; i++)
        {
            await using var pair = await ConnectAsync(handler => bytes =>
            {
                _ = Task.Run(handler.Transport.Resume);
                return new ReceiveResult(Math.Min(bytes.Length, 100), ReceiveAction.Pause);
            });
            using var stop = new CancellationTokenSource();
            var write = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                    await pair.Client.WriteAsync(new byte[1000], stop.Token);
            });
            var send = Task.Run(() => SendAll(pair, new byte[MuchBytes]));
            await pair.Handler.ReceivesAsync(i * 37);

            await Task.WhenAll(Task.Run(pair.Handler.Transport.Abort), Task.Run(pair.Handler.Transport.Abort));

            await pair.ClosedOnceAsync();
            await stop.CancelAsync();
            await Record.ExceptionAsync(() => write);
            pair.Abandon.TrySetResult();
            await Record.ExceptionAsync(() => send);
        }
    }

    private async Task<Pair> ConnectAsync(Func<RecordingHandler, Func<byte[], ReceiveResult>>? answer = null, int receiveBufferBytes = 0)
    {
        var fixture = CreateFixture();
        fixture.Answer = answer;
        var socket = await fixture.ConnectAsync(receiveBufferBytes);
        var client = await OpenClientAsync(socket).WaitAsync(Patience);
        return new Pair(fixture, socket, client, await fixture.AcceptedAsync());
    }

    /// <summary>As a connection sends: at once what can be, the rest as a remainder.</summary>
    private static async Task SendAll(Pair pair, byte[] bytes)
    {
        var transport = pair.Handler.Transport;
        for (var start = 0; start < bytes.Length;)
        {
            var piece = bytes.AsMemory(start, Math.Min(100_000, bytes.Length - start));
            var taken = transport.TrySend(piece.Span);
            if (taken < 0)
                return;
            start += piece.Length;
            var sent = pair.Handler.Sent;
            if (taken == piece.Length || !transport.SendRemainder(piece[taken..], owner: null))
                continue;
            Interlocked.Increment(ref pair.Pendings);
            var arrives = Eventually.TrueAsync(() => pair.Handler.Sent > sent || !pair.Handler.Closed.IsEmpty);
            if (await Task.WhenAny(arrives, pair.Abandon.Task) == pair.Abandon.Task || !pair.Handler.Closed.IsEmpty)
                return;
        }
    }

    /// <summary>Sends until a remainder is pending, in a rented block.</summary>
    private static void FillUp(Pair pair)
    {
        var transport = pair.Handler.Transport;
        while (true)
        {
            var block = pair.Fixture.Context.Blocks.Rent();
            var taken = transport.TrySend(block.Bytes);
            Assert.True(taken >= 0);
            if (taken == block.Bytes.Length)
            {
                block.Return();
                continue;
            }

            if (transport.SendRemainder(block.Bytes.AsMemory(taken), block))
                return;
        }
    }

    private static async Task<byte[]> ReadAsync(Stream client, int length)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[length];
        await client.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(Stream client)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var all = new MemoryStream();
        await client.CopyToAsync(all, patience.Token);
        return all.ToArray();
    }

    /// <summary>Both ends of a connection.</summary>
    private sealed class Pair(TransportFixture fixture, Socket socket, Stream client, RecordingHandler handler) : IAsyncDisposable
    {
        /// <summary>Sends that were pending.</summary>
        public int Pendings;

        public TransportFixture Fixture => fixture;

        public Socket Socket => socket;

        public Stream Client => client;

        public RecordingHandler Handler => handler;

        /// <summary>Ends a sender of the test.</summary>
        public TaskCompletionSource Abandon { get; } = new();

        /// <summary>The client goes, the transport hears of it, is aborted, and leaves nothing.</summary>
        public async Task EndsWellAsync()
        {
            socket.Shutdown(SocketShutdown.Send);
            await Eventually.TrueAsync(() => handler.Ends == 1);
            handler.Transport.Abort();
            await ClosedOnceAsync();
        }

        public async Task ClosedOnceAsync()
        {
            await handler.ClosesAsync();
            await fixture.ReturnsToBaselineAsync();
            Assert.Single(handler.Closed);
            Assert.Empty(handler.Violations);
            Assert.InRange(handler.Ends, 0, 1);
        }

        public async ValueTask DisposeAsync()
        {
            socket.Dispose();
            await client.DisposeAsync();
            await fixture.DisposeAsync();
        }
    }
}
