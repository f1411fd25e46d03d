using System.ComponentModel;

namespace Gateway.Load.Client;

internal sealed partial class ClientPool
{
    // Handshakes at once: below every usual backlog.
    private const int MaxHandshakes = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _wanted;
    private int _atOnce = MaxHandshakes;
    private Timetable? _timetable;

    /// <summary>Whether each that was asked for is open, or has ended.</summary>
    public bool IsSettled => Open + Ended >= _wanted;

    /// <summary>Opens clients until there are so many.</summary>
    /// <exception cref="LoadException">Not all could be opened.</exception>
    public void OpenUpTo(int count)
    {
        Want(count);
        var isDone = _loop.RunUntil(() => IsSettled, Patience);
        if (!isDone || Open < count)
            throw new LoadException($"Of {count} connections {Open} are open, {Ended} have failed. {FirstFailure}");
    }

    /// <summary>Begins to open clients until there are so many; they open while the loop turns.</summary>
    /// <param name="count">At most the capacity.</param>
    /// <param name="atOnce">Handshakes in progress at most.</param>
    public void Want(int count, int atOnce = MaxHandshakes)
    {
        (_wanted, _atOnce, _timetable) = (count, atOnce, null);
        StartMore();
    }

    /// <summary>Begins to open clients at their times, however many handshakes that makes at once; call <see cref="StartDue"/> each turn.</summary>
    public void Want(int count, Timetable timetable) => (_wanted, _atOnce, _timetable) = (count, int.MaxValue, timetable);

    /// <summary>Starts the clients whose time has come.</summary>
    public void StartDue()
    {
        if (_timetable is not { } timetable || _started >= _wanted)
            return;
        var now = Loop.Clock.GetTimestamp();
        while (_started < _wanted && timetable.TryTake(now, out var intended))
            Start(_started++, intended);
        _loop.WakeAt(timetable.Next);
    }

    /// <summary>Closes a client, if it is not closed, and opens it anew.</summary>
    public void Reopen(int index)
    {
        End(index, isReset: false);
        Ended--;
        Start(index, Loop.Clock.GetTimestamp());
    }

    private void StartMore()
    {
        while (_timetable is null && _started < _wanted && _started - Open - Ended < _atOnce)
            Start(_started++, Loop.Clock.GetTimestamp());
    }

    private void Start(int index, long intended)
    {
        ref var client = ref _clients[index];
        client = new Client { StartedAt = intended, State = ClientState.Connecting, Fd = -1 };
        try
        {
            client.Fd = RawSocket.Connect(_targetOf(index), Source ?? RawSocket.SourceOf(index), _receiveBuffer);
            _loop.Poller.Add(client.Fd, _token + (ulong)index, Readiness.Out);
        }
        catch (Win32Exception e)
        {
            _wanted = Math.Min(_wanted, _started); // no more: the limit is met
            Fail(index, $"This machine's limit: {e.Message}.");
        }
    }

    private void OnConnected(int index)
    {
        ref var client = ref _clients[index];
        if (RawSocket.ConnectError(client.Fd) is var error && error != 0)
        {
            Fail(index, $"Connecting: {Describe(error)}.");
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
}
