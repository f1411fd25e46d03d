using Gateway.Core.Transport;

namespace Gateway.Core.Connections;

/// <summary>What operators ask about it. Nothing is counted for them while messages flow.</summary>
internal sealed partial class Connection
{
    /// <summary>Commands that wait for the broker.</summary>
    public int CommandsInFlight
    {
        get
        {
            lock (this)
                return _commands;
        }
    }

    /// <summary>Why nothing is read from the client; <see cref="MessageResult.Continue"/>: it is read.</summary>
    public MessageResult Pause
    {
        get
        {
            lock (this)
                return _pause;
        }
    }

    /// <summary>What the kernel knows of it; null where it does not say. It asks the kernel: not on a path of messages.</summary>
    public KernelState? ReadKernelState() => _transport.ReadKernelState();

    /// <summary>Under the lock, once: whoever asks later is told of the end. The address is asked for while there is a socket.</summary>
    private void Remember(CloseReason reason, long queued, int dropped)
    {
        if (Protocol is { } protocol)
            _context.Ended.Add(new EndedConnection(Id, reason, _context.Time.GetUtcNow(), protocol.Name, RemoteEndPoint, queued, dropped));
    }
}
