using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Gateway.Load.Kestrel;

/// <summary>Sends what is published to everyone, as one would write it: a bounded queue for each client, so that a slow one holds up no other.</summary>
internal sealed class FanoutEndpoint
{
    private const int QueuedMessages = 1024;

    private readonly ConcurrentDictionary<WebSocket, ChannelWriter<byte[]>> _subscribers = new();

    /// <summary>A client whose queue is full misses it.</summary>
    public void Publish(byte[] payload)
    {
        foreach (var (_, queue) in _subscribers)
            queue.TryWrite(payload);
    }

    public async Task RunAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueuedMessages) { SingleReader = true });
        _subscribers[socket] = queue.Writer;
        var sending = SendAsync(socket, queue.Reader);
        try
        {
            // Clients say nothing; without a buffer it waits for their end.
            await socket.ReceiveAsync(Memory<byte>.Empty, context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client has gone without a close frame.
        }

        _subscribers.TryRemove(socket, out _);
        queue.Writer.Complete();
        await sending;
    }

    private static async Task SendAsync(WebSocket socket, ChannelReader<byte[]> queue)
    {
        try
        {
            await foreach (var payload in queue.ReadAllAsync())
                await socket.SendAsync(payload.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client has gone; its receiving side says so too.
        }
    }
}
