using System.Net.Sockets;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Fixtures;
using Gateway.Core.Transport;
using Gateway.Core.Transport.Epoll;

namespace Gateway.Core.Tests.Transport.Epoll;

/// <summary>What streams bring while a crowd of them waits for one engine: all of it, whoever is put off, and their ends.</summary>
public sealed class EpollCrowdTests : IDisposable
{
    private const int Crowd = 200;
    private const int Bytes = 40_000; // ten turns

    private readonly GatewayMetrics _metrics = new();
    private readonly EpollEngine _engine = new("crowd", static _ => { });
    private readonly TransportContext _context;

    public EpollCrowdTests() => _context = new TransportContext(new TransportOptions(), _metrics);

    public void Dispose()
    {
        _engine.Dispose();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData("done with it")]
    [InlineData("in the middle")]
    [InlineData("leaving a rest")]
    public async Task Streams_OfACrowd_BringAllTheirBytesInOrderAndTheirEnd(string kind)
    {
        var pairs = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => SocketPair.OpenAsync()));
        var handlers = pairs.Select(pair => Start(pair.Server, kind)).ToArray();
        var sent = Enumerable.Range(0, Bytes).Select(i => (byte)(i % 251)).ToArray();

        using (await BusyEngine.HoldAsync(_engine))
        {
            foreach (var pair in pairs)
                await pair.Client.SendAsync(sent.AsMemory(0, Bytes / 2));
        }

        // And while they are at it, in every state of the line.
        await Task.WhenAll(pairs.Select(async pair =>
        {
            await pair.Client.SendAsync(sent.AsMemory(Bytes / 2));
            pair.Client.Shutdown(SocketShutdown.Send);
        }));

        await Eventually.TrueAsync(() => handlers.All(handler => handler.Ends == 1));
        Assert.All(handlers, handler => Assert.Equal(sent, handler.Consumed));
        Assert.All(handlers, handler => Assert.Empty(handler.Faults));
        foreach (var pair in pairs)
            pair.Dispose();
    }

    private RecordingHandler Start(Socket socket, string kind)
    {
        var handler = new RecordingHandler { IsUnfinished = kind != "done with it" };
        if (kind == "leaving a rest")
            handler.Answer = static bytes => bytes.Length > 1000 ? new ReceiveResult(bytes.Length - 999, ReceiveAction.Yield) : new ReceiveResult(bytes.Length, ReceiveAction.Continue);
        socket.Blocking = false;
        var fd = (int)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid(); // it is the transport's now
        new EpollTransport(fd, _engine, _context).Start(handler);
        return handler;
    }
}
