namespace Gateway.Auth.Authorizer;

/// <summary>Who has places and who waits. All guarded by the lock of <see cref="AskingPlaces"/>.</summary>
internal sealed partial class AskingPlaces
{
    /// <summary>A user, or an address of clients without a token. There while it has a place or waits for one.</summary>
    private sealed class Asker(string name)
    {
        public string Name { get; } = name;

        public Dictionary<string, Turns> Connections { get; } = new(StringComparer.Ordinal);

        public Queue<Turns> Turns { get; } = new();

        public int InUse { get; set; }

        public int Waiting { get; set; }

        public bool IsQueued { get; set; }
    }

    /// <summary>One connection's questions, in their order.</summary>
    private sealed class Turns(Asker asker, string connection)
    {
        public Asker Asker { get; } = asker;

        public string Connection { get; } = connection;

        public Queue<Waiter> Waiting { get; } = new();

        public int InUse { get; set; }

        public bool IsQueued { get; set; }
    }

    private sealed class Waiter
    {
        // What goes on then is no business of who gives its place back, and not under the lock.
        private readonly TaskCompletionSource<IDisposable?> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Waiter(Turns of, long since)
        {
            (Of, Since) = (of, since);
            Node = new LinkedListNode<Waiter>(this);
        }

        public Turns Of { get; }

        public long Since { get; }

        public LinkedListNode<Waiter> Node { get; }

        public Task<IDisposable?> Task => _turn.Task;

        public void Grant(Place? place) => _turn.SetResult(place);
    }

    private sealed class Place(AskingPlaces places, Turns of) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
                places.Release(of);
        }
    }
}
