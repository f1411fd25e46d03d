namespace Gateway.Core.Transport;

/// <summary>
/// Where a chain of work stops until another thread lets it go on. The other may come first, before the chain has stopped: then the
/// chain does not stop. Whoever comes second goes on with the work, so exactly one of the two does. A mutable struct of one byte, for a
/// field that is not readonly.
/// </summary>
internal struct Rendezvous
{
    private const byte Open = 0; // nobody has come
    private const byte Parked = 1; // the chain has stopped; whoever signals goes on in its place
    private const byte Signalled = 2; // the signal has come; the chain will not stop

    private byte _state;

    /// <summary>
    /// The chain stops. True: parked, and nothing of the chain may be touched any more. False: the signal has come already, and is used
    /// up; go on.
    /// </summary>
    public bool TryPark()
    {
        if (Swap(Open, Parked))
            return true;
        Volatile.Write(ref _state, Open);
        return false;
    }

    /// <summary>Lets the chain go on. True: it was parked, and the caller goes on in its place. False: it will not stop the next time.</summary>
    public bool Signal()
    {
        while (true)
        {
            if (TryTake())
                return true;
            // Between the two looks the chain may park: then neither swap succeeds, and the signal would be lost without a further round.
            if (Swap(Open, Signalled) || Volatile.Read(ref _state) == Signalled)
                return false;
        }
    }

    /// <summary>True: the chain was parked, and the caller goes on in its place, to its end. False: nothing has changed.</summary>
    public bool TryTake() => Swap(Parked, Open);

    private bool Swap(byte from, byte to) => Interlocked.CompareExchange(ref _state, to, from) == from;
}
