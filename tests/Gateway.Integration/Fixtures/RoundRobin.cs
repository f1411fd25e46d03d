using System.Net;
using System.Net.Sockets;

namespace Gateway.Integration.Fixtures;

/// <summary>A load balancer that knows nothing but TCP: each connection goes to the next of its nodes, whatever was said on the one before.</summary>
internal sealed class RoundRobin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly IPEndPoint[] _nodes;
    private readonly Task _accepting;
    private readonly List<Task> _relays = [];

    private RoundRobin(IPEndPoint[] nodes)
    {
        _nodes = nodes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where browsers go.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}/");

    /// <param name="nodes">Where they get to.</param>
    public static RoundRobin Start(params Uri[] nodes) => new([.. nodes.Select(node => new IPEndPoint(IPAddress.Loopback, node.Port))]);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting;
        await Task.WhenAll(_relays);
        _listener.Dispose();
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var next = 0; ; next++)
                _relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_ended.Token), _nodes[next % _nodes.Length]));
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task RelayAsync(TcpClient client, IPEndPoint node)
    {
        using var connection = new TcpClient();
        using (client)
        {
            try
            {
                await connection.ConnectAsync(node, _ended.Token);
                // Whichever side ends, both do.
                await await Task.WhenAny(
                    client.GetStream().CopyToAsync(connection.GetStream(), _ended.Token),
                    connection.GetStream().CopyToAsync(client.GetStream(), _ended.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // A browser resets what it no longer needs.
            }
        }
    }
}
