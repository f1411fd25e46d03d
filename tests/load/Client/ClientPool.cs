using System.Net;

namespace Gateway.Load.Client;

/// <summary>
/// Many clients of one node: they connect and upgrade here (<c>ClientPool.cs</c>), receive (<c>ClientPool.Receive.cs</c>) and send
/// (<c>ClientPool.Send.cs</c>).
/// </summary>
internal sealed partial class ClientPool : IPolled, IDisposable
{
    // Handshakes at once: below every usual backlog.
    private const int MaxHandshakes = 256;

    private readonly Loop _loop;
    private readonly IPEndPoint _target;
    private readonly Func<int, byte[]> _requestOf;
    private readonly IClientHandler _handler;
    private readonly int _receiveBuffer;
    private readonly ulong _token;
    private readonly Client[] _clients;
    private int _wanted;
    private int _started;

    /// <param name="loop">Drives it.</param>
    /// <param name="target">The node's endpoint.</param>
    /// <param name="capacity">Most clients.</param>
    /// <param name="requestOf">A client's upgrade request, by its number.</param>
    /// <param name="handler">Gets the messages.</param>
    /// <param name="receiveBuffer">Of each socket, in bytes; 0: the system's.</param>
    public ClientPool(Loop loop, IPEndPoint target, int capacity, Func<int, byte[]> requestOf, IClientHandler handler, int receiveBuffer = 0)
    {
        (_loop, _target, _requestOf, _handler, _receiveBuffer) = (loop, target, requestOf, handler, receiveBuffer);
        _clients = new Client[capacity];
        _token = loop.Register(this);
    }

    /// <summary>Clients whose upgrade is done and whose connection stands.</summary>
    public int Open { get; private set; }

    /// <summary>Clients whose connection came to an end, or never came about.</summary>
    public int Ended { get; private set; }

    public ReadOnlySpan<Client> Clients => _clients.AsSpan(0, _started);

    /// <summary>Opens clients until there are so many.</summary>
    /// <exception cref="LoadException">Not all could be opened.</exception>
    public void OpenUpTo(int count)
    {
        _wanted = count;
        StartMore();
        var isDone = _loop.RunUntil(() => Open + Ended >= _wanted, TimeSpan.FromSeconds(60));
        if (!isDone || Open < count)
            throw new LoadException($"Of {count} connections {Open} are open, {Ended} have failed.");
    }

    /// <summary>Closes all at once. The pool can open anew afterwards.</summary>
    public void CloseAll()
    {
        _wanted = 0;
        for (var i = 0; i < _started; i++)
            End(i, isReset: false);
        Array.Clear(_clients);
        (_started, Open, Ended) = (0, 0, 0);
    }

    public void OnReady(int index, Readiness ready)
    {
        switch (_clients[index].State)
        {
            case ClientState.Connecting:
                OnConnected(index);
                break;
            case ClientState.Upgrading or ClientState.Open:
                if ((ready & Readiness.Out) != 0)
                    SendUnsent(index);
                if ((ready & ~Readiness.Out) != 0)
                    Receive(index);
                break;
        }
    }

    public void Dispose() => CloseAll();

    private void StartMore()
    {
        while (_started < _wanted && _started - Open - Ended < MaxHandshakes)
        {
            var index = _started++;
            ref var client = ref _clients[index];
            client.Fd = RawSocket.Connect(_target, index, _receiveBuffer);
            client.State = ClientState.Connecting;
            _loop.Poller.Add(client.Fd, _token + (ulong)index, Readiness.Out);
        }
    }

    private void OnConnected(int index)
    {
        ref var client = ref _clients[index];
        if (RawSocket.ConnectError(client.Fd) != 0)
        {
            End(index, isReset: true);
            return;
        }

        client.State = ClientState.Upgrading;
        _loop.Poller.Modify(client.Fd, _token + (ulong)index, Readiness.In);
        Send(index, _requestOf(index));
    }

    private void OnUpgraded(int index)
    {
        _clients[index].State = ClientState.Open;
        Open++;
        _handler.OnOpen(index);
        StartMore();
    }

    private void End(int index, bool isReset)
    {
        ref var client = ref _clients[index];
        if (client.State is ClientState.Ended or ClientState.None)
            return;
        if (client.State == ClientState.Open)
            Open--;
        client.State = ClientState.Ended;
        client.IsReset = isReset;
        Ended++;
        DropPartial(ref client);
        client.Unsent = null;
        _ = Libc.Close(client.Fd); // leaves the poller too
        StartMore();
    }
}
