using System.ComponentModel;
using System.Net;

namespace Gateway.Load.Client;

/// <summary>
/// Many clients of one node: they connect and upgrade (<c>ClientPool.Open.cs</c>), receive (<c>ClientPool.Receive.cs</c>), send
/// (<c>ClientPool.Send.cs</c>) and end (here).
/// </summary>
internal sealed partial class ClientPool : IPolled, IDisposable
{
    private readonly Loop _loop;
    private readonly Func<int, IPEndPoint> _targetOf;
    private readonly Func<int, byte[]> _requestOf;
    private readonly IClientHandler _handler;
    private readonly int _receiveBuffer;
    private readonly ulong _token;
    private readonly Client[] _clients;
    private int _started;

    /// <param name="loop">Drives it.</param>
    /// <param name="target">The node's endpoint.</param>
    /// <param name="capacity">Most clients.</param>
    /// <param name="requestOf">A client's upgrade request, by its number.</param>
    /// <param name="handler">Gets the messages.</param>
    /// <param name="receiveBuffer">Of each socket, in bytes; 0: the system's.</param>
    public ClientPool(Loop loop, IPEndPoint target, int capacity, Func<int, byte[]> requestOf, IClientHandler handler, int receiveBuffer = 0)
        : this(loop, _ => target, capacity, requestOf, handler, receiveBuffer)
    {
    }

    /// <param name="loop">Drives it.</param>
    /// <param name="targetOf">A client's node, by its number.</param>
    /// <param name="capacity">Most clients.</param>
    /// <param name="requestOf">A client's upgrade request, by its number.</param>
    /// <param name="handler">Gets the messages.</param>
    /// <param name="receiveBuffer">Of each socket, in bytes; 0: the system's.</param>
    public ClientPool(Loop loop, Func<int, IPEndPoint> targetOf, int capacity, Func<int, byte[]> requestOf, IClientHandler handler, int receiveBuffer = 0)
    {
        (_loop, _targetOf, _requestOf, _handler, _receiveBuffer) = (loop, targetOf, requestOf, handler, receiveBuffer);
        _clients = new Client[capacity];
        _token = loop.Register(this);
    }

    /// <summary>All clients come from this address; null: from several.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Clients whose upgrade is done and whose connection stands.</summary>
    public int Open { get; private set; }

    /// <summary>Clients whose connection came to an end, or never came about.</summary>
    public int Ended { get; private set; }

    /// <summary>Why the first that could not be opened could not; null: all could.</summary>
    public string? FirstFailure { get; private set; }

    public ReadOnlySpan<Client> Clients => _clients.AsSpan(0, _started);

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

    /// <summary>A client that was never open has failed, for this reason.</summary>
    private void Fail(int index, string reason)
    {
        FirstFailure ??= reason;
        End(index, isReset: false);
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
        client.IsPaused = false;
        Ended++;
        DropPartial(ref client);
        DropUnsent(ref client);
        if (client.Fd >= 0)
            _ = Libc.Close(client.Fd); // leaves the poller too
        _handler.OnEnd(index);
        StartMore();
    }

    private static string Describe(int error) => new Win32Exception(error).Message;
}
