using Gateway.Core.Connections;

namespace Gateway.Core.Channels;

/// <summary>
/// The order of one connection's commands for one channel while somebody is asked whether it may: what comes for the same channel
/// waits its turn, so that an unsubscribe stays behind its subscribe and a publication behind the one before. Other channels go on.
/// It is there only while something waits, as the connection's <see cref="Connection.ProtocolState"/>; the connection's bound on commands in
/// flight is its bound.
/// </summary>
internal sealed class ChannelTurns
{
    private readonly Dictionary<ChannelName, Task> _last = new(ChannelNameComparer.Instance); // guarded by itself
    private bool _isOver; // nothing waited any more: the next one begins anew

    /// <summary>Whether a command for the channel has to wait. The receive chain only.</summary>
    public static bool AreTaken(Connection connection, ChannelName channel)
    {
        if (connection.ProtocolState is not ChannelTurns turns)
            return false;
        lock (turns._last)
            return turns._last.ContainsKey(channel);
    }

    /// <summary>Runs a command when those before it for the channel are done: at once if there are none. The receive chain only.</summary>
    /// <param name="connection">Whose.</param>
    /// <param name="channel">For what.</param>
    /// <param name="command">Throws nothing.</param>
    public static void Take(Connection connection, ChannelName channel, Func<Task> command)
    {
        var before = (connection.ProtocolState as ChannelTurns)?.Find(channel);
        var task = before is null ? command() : RunAfterAsync(before, command);
        if (task.IsCompleted)
            return;
        var turns = connection.ProtocolState as ChannelTurns;
        if (turns is null || !turns.TryAdd(channel, task))
        {
            turns = new ChannelTurns();
            turns.TryAdd(channel, task);
            connection.ProtocolState = turns;
        }

        _ = turns.EndAsync(connection, channel, task);
    }

    private Task? Find(ChannelName channel)
    {
        lock (_last)
            return _last.GetValueOrDefault(channel);
    }

    private bool TryAdd(ChannelName channel, Task task)
    {
        lock (_last)
        {
            if (!_isOver)
                _last[channel] = task;
            return !_isOver;
        }
    }

    private static async Task RunAfterAsync(Task before, Func<Task> command)
    {
        await before.ConfigureAwait(false);
        await command().ConfigureAwait(false);
    }

    private async Task EndAsync(Connection connection, ChannelName channel, Task task)
    {
        await task.ConfigureAwait(false);
        lock (_last)
        {
            if (_last.TryGetValue(channel, out var last) && last == task)
                _last.Remove(channel);
            _isOver = _last.Count == 0;
            if (_isOver && connection.ProtocolState == this)
                connection.ProtocolState = null;
        }
    }
}
