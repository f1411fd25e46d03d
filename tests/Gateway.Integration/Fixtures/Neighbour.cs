using System.Globalization;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Integration.Fixtures;

/// <summary>A client that behaves, on the node that others misuse: it must be served all along.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    private readonly WsClient _client;
    private readonly CancellationTokenSource _stop = new();
    private Task _echoing = Task.CompletedTask;
    private long _served;

    private Neighbour(WsClient client) => _client = client;

    /// <summary>Says something only when <see cref="EchoAsync"/> is called: for tests that move the clock.</summary>
    public static async Task<Neighbour> OpenAsync(TestNode node) => new(await WsClient.OpenAsync(node.EndPoint, "/echo"));

    /// <summary>Sends one message after the other until it is disposed.</summary>
    public static async Task<Neighbour> ServeAsync(TestNode node)
    {
        var neighbour = await OpenAsync(node);
        neighbour._echoing = Task.Run(neighbour.EchoOnAsync);
        return neighbour;
    }

    /// <summary>One message, there and back.</summary>
    public async Task EchoAsync()
    {
        var text = (++_served).ToString(CultureInfo.InvariantCulture);
        await _client.SendTextAsync(text);
        while (await _client.ReceiveAsync() is var frame)
        {
            Assert.NotNull(frame);
            if (frame.Value.Opcode == Opcode.Ping)
            {
                await _client.SendAsync(Opcode.Pong, frame.Value.Payload);
                continue;
            }

            Assert.Equal((Opcode.Text, text), (frame.Value.Opcode, Encoding.UTF8.GetString(frame.Value.Payload)));
            return;
        }
    }

    /// <summary>It was served until now, and still is.</summary>
    public async Task WasServedAsync()
    {
        var before = Volatile.Read(ref _served);
        await Eventually.TrueAsync(() => _echoing.IsFaulted || Volatile.Read(ref _served) > before + 1);
        if (_echoing.IsFaulted)
            await _echoing;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _echoing;
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task EchoOnAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await EchoAsync();
            await Task.Yield();
        }
    }
}
