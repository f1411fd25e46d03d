using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Conformance.Node;

/// <summary>A client's end of the stream: bytes, and nothing that knows what they mean.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Stream _stream;

    private Peer(Stream stream) => _stream = stream;

    public static async Task<Peer> ConnectAsync(IPEndPoint endPoint, SslClientAuthenticationOptions? tls)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls is null)
            return new Peer(stream);
        var ssl = new SslStream(stream);
        await ssl.AuthenticateAsClientAsync(tls);
        return new Peer(ssl);
    }

    /// <summary>
    /// Sends a request and what follows it, and reads to the end of the stream meanwhile. A reset is an exception: it may overtake what
    /// the node said, so that no client could rely on being told (RFC 6455 §7.1.1).
    /// </summary>
    /// <param name="request">The opening handshake.</param>
    /// <param name="frames">Sent when the answer has come (RFC 6455 §4.1: the client MUST wait for it).</param>
    /// <param name="delivery">How both are cut.</param>
    public async Task<(Response Response, byte[] Frames)> ExchangeAsync(byte[] request, byte[] frames, Delivery delivery)
    {
        using var patience = new CancellationTokenSource(Patience);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadToEndAsync(answered, patience.Token);
        await SendAsync(request, delivery, patience.Token);
        await Task.WhenAny(answered.Task, reading);
        await SendAsync(frames, delivery, patience.Token);
        var received = await reading;
        var response = Response.Parse(received);
        return (response, received[response.HeadBytes..]);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task SendAsync(byte[] bytes, Delivery delivery, CancellationToken cancellationToken)
    {
        foreach (var piece in delivery.Cut(bytes))
            await _stream.WriteAsync(piece, cancellationToken);
    }

    private async Task<byte[]> ReadToEndAsync(TaskCompletionSource answered, CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await _stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            received.Write(buffer, 0, read);
            if (!answered.Task.IsCompleted && received.ToArray().AsSpan().IndexOf("\r\n\r\n"u8) >= 0)
                answered.TrySetResult();
        }

        return received.ToArray();
    }
}
