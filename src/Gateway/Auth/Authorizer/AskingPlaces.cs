namespace Gateway.Auth.Authorizer;

/// <summary>
/// The places for questions under way, and the queue before them, shared out fairly: those that wait take turns, asker by asker (a user, or an
/// address of clients without a token), and within one connection by connection; nobody holds more than a share of the places; and of the
/// queue an asker may fill as much as is still free. So one that asks without end waits behind itself, and there is room for one that asks
/// once. Any thread.
/// </summary>
/// <remarks>
/// The bound of the queue is the dynamic threshold of shared-memory switches (Choudhury and Hahne, 1998, with a factor of one; for a connection
/// within its asker's part, one half): n askers that all want everything have 1/(n+1) each, and 1/(n+1) stays free for who comes next,
/// without anybody's being thrown out again.
/// </remarks>
internal sealed partial class AskingPlaces : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int _mostPerAsker;
    private readonly int _mostPerConnection;
    private readonly int _mostWaiting;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Asker> _askers = new(StringComparer.Ordinal);
    private readonly Queue<Asker> _turns = new(); // those with somebody who could go on, but for a free place
    private readonly LinkedList<Waiter> _byAge = new(); // all have the same patience: the first one's ends first
    private readonly ITimer _expiry;
    private int _free;

    public AskingPlaces(AuthorizerOptions options, TimeProvider time)
    {
        _free = options.MaxConcurrent;
        _mostPerAsker = Share(options.MaxConcurrentPerAsker, options.MaxConcurrent, parts: 2);
        _mostPerConnection = Math.Min(_mostPerAsker, Share(options.MaxConcurrentPerConnection, options.MaxConcurrent, parts: 8));
        (_mostWaiting, _patience, _time) = (options.MaxWaiting, options.MaxWait, time);
        _expiry = time.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Questions that wait for a place.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _byAge.Count;
        }
    }

    /// <summary>Those who have a place or wait for one.</summary>
    public int Askers
    {
        get
        {
            lock (_lock)
                return _askers.Count;
        }
    }

    /// <summary>A place, to be disposed when the answer has come. Null: there was none within the patience, or the asker's part of the queue is full.</summary>
    /// <param name="asker">Whose share it is of.</param>
    /// <param name="connection">Whose, within that.</param>
    public ValueTask<IDisposable?> TakeAsync(string asker, string connection)
    {
        lock (_lock)
        {
            var of = Find(asker, connection);
            // Whoever waits while a place is free has its share, so that nobody is overtaken here.
            if (_free > 0 && of.Waiting.Count == 0 && of.InUse < _mostPerConnection && of.Asker.InUse < _mostPerAsker)
                return new(Occupy(of));
            var left = _mostWaiting - _byAge.Count - of.Asker.Waiting;
            if (left <= 0 || 2 * of.Waiting.Count >= left || _patience == TimeSpan.Zero)
            {
                Forget(of);
                return default;
            }

            var waiter = new Waiter(of, _time.GetTimestamp());
            of.Waiting.Enqueue(waiter);
            of.Asker.Waiting++;
            _byAge.AddLast(waiter.Node);
            if (_byAge.Count == 1)
                _expiry.Change(_patience, Timeout.InfiniteTimeSpan);
            Queue(of);
            return new(waiter.Task);
        }
    }

    public void Dispose() => _expiry.Dispose();

    private static int Share(int given, int all, int parts) => given > 0 ? Math.Min(given, all) : Math.Max(1, all / parts);

    private Turns Find(string asker, string connection)
    {
        if (!_askers.TryGetValue(asker, out var of))
            _askers.Add(asker, of = new Asker(asker));
        if (!of.Connections.TryGetValue(connection, out var turns))
            of.Connections.Add(connection, turns = new Turns(of, connection));
        return turns;
    }

    private void Forget(Turns of)
    {
        if (of.InUse == 0 && of.Waiting.Count == 0)
            of.Asker.Connections.Remove(of.Connection);
        if (of.Asker.Connections.Count == 0)
            _askers.Remove(of.Asker.Name);
    }

    private Place Occupy(Turns of)
    {
        _free--;
        of.InUse++;
        of.Asker.InUse++;
        return new Place(this, of);
    }

    private void Release(Turns of)
    {
        lock (_lock)
        {
            _free++;
            of.InUse--;
            of.Asker.InUse--;
            Queue(of);
            Forget(of);
            while (_free > 0 && _turns.TryDequeue(out var asker))
                Serve(asker);
        }
    }

    /// <summary>Puts a connection, and its asker, into their rounds, if they could take a place and are not there yet.</summary>
    private void Queue(Turns of)
    {
        if (of.Waiting.Count > 0 && of.InUse < _mostPerConnection && !of.IsQueued)
        {
            of.IsQueued = true;
            of.Asker.Turns.Enqueue(of);
        }

        if (of.Asker.Turns.Count > 0 && of.Asker.InUse < _mostPerAsker && !of.Asker.IsQueued)
        {
            of.Asker.IsQueued = true;
            _turns.Enqueue(of.Asker);
        }
    }

    private void Serve(Asker asker)
    {
        asker.IsQueued = false;
        while (asker.InUse < _mostPerAsker && asker.Turns.TryDequeue(out var of))
        {
            of.IsQueued = false;
            // Who gave up, or has its share by now, is in the round no more.
            if (of.Waiting.Count == 0 || of.InUse >= _mostPerConnection)
                continue;
            Remove(of.Waiting.Peek()).Grant(Occupy(of));
            Queue(of);
            return;
        }
    }

    private Waiter Remove(Waiter first)
    {
        first.Of.Waiting.Dequeue();
        first.Of.Asker.Waiting--;
        _byAge.Remove(first.Node);
        return first;
    }

    private void Expire()
    {
        lock (_lock)
        {
            while (_byAge.First?.Value is { } oldest)
            {
                var left = _patience - _time.GetElapsedTime(oldest.Since);
                if (left > TimeSpan.Zero)
                {
                    // A timer's resolution is a millisecond.
                    _expiry.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                    return;
                }

                // The oldest of all is its connection's first as well.
                Remove(oldest).Grant(null);
                Forget(oldest.Of);
            }
        }
    }
}
