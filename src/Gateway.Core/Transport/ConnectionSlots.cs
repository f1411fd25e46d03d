namespace Gateway.Core.Transport;

/// <summary>The node's places for connections, shared by its endpoints: taken when a client is accepted, given back when its socket is gone.</summary>
internal sealed class ConnectionSlots(int maximum)
{
    private int _taken;

    public int Maximum { get; } = maximum;

    public int Taken => Volatile.Read(ref _taken);

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Maximum)
            return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _taken);
}
