using System.Buffers;
using System.Net.WebSockets;

namespace Gateway.Load.Kestrel;

/// <summary>Returns what it receives, as one would write it who cares for memory: a connection holds a buffer only while data is there.</summary>
internal static class EchoEndpoint
{
    private const int BufferBytes = 4096;

    public static async Task RunAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            while (await EchoOnceAsync(socket, context.RequestAborted))
            {
                // and again
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client has gone without a close frame.
        }
    }

    /// <summary>False: the client has closed.</summary>
    private static async ValueTask<bool> EchoOnceAsync(WebSocket socket, CancellationToken aborted)
    {
        // Without a buffer it waits until there is something to receive.
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, aborted);
        if (first.MessageType == WebSocketMessageType.Close)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var (length, isWhole) = (0, first.EndOfMessage);
            while (!isWhole)
            {
                if (length == buffer.Length)
                    buffer = Doubled(buffer);
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), aborted);
                (length, isWhole) = (length + received.Count, received.EndOfMessage);
            }

            await socket.SendAsync(buffer.AsMemory(0, length), first.MessageType, endOfMessage: true, aborted);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Doubled(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
