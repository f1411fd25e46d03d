using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Addresses;

namespace Gateway.Core.Transport;

/// <summary>
/// A bounded number of places that no address can have all of. Whoever finds none waits: addresses have their turns one after another, and
/// of one address the first to come is served first; but the last one where the first has waited too long already, since a crowd that cannot
/// all be served within its patience would else be served when it is over. Thread-safe.
/// </summary>
/// <param name="maximum">Places.</param>
/// <param name="share">Most that one address may have; 0: all.</param>
/// <param name="isLate">Whether somebody has waited too long; null: nobody ever has.</param>
internal sealed class FairPlaces<T>(int maximum, int share, Func<T, bool>? isLate = null)
    where T : class
{
    // In one go so much of those who have a place or wait for one gives way: so their ends are spread, and some become free every little while.
    private const int Parts = 8;

    private readonly Lock _gate = new();

    // Guarded by the gate, as all of the nested classes.
    private readonly Dictionary<AddressKey, Group> _groups = [];
    private readonly LinkedList<Group> _turns = new(); // addresses that may be given a place, in the order of their turns
    private readonly Group _unlimited = new(null, int.MaxValue); // whose address is a proxy's, or not known
    private int _taken;
    private int _waiting;

    public int Taken => Volatile.Read(ref _taken);

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Asks for a place, once. False: there is none, and <see cref="TryGive"/> gives it one.</summary>
    /// <param name="place">Whose.</param>
    /// <param name="address">Null: it has no share, but all.</param>
    public bool TryTake(Place place, AddressKey? address)
    {
        lock (_gate)
        {
            var group = place.Group = GroupOf(address);
            if (_taken < maximum && group.Inside.Count < group.Share)
            {
                Enter(place);
                return true;
            }

            place.Stand = PlaceStand.Waiting;
            place.Node = group.Waiting.AddLast(place);
            _waiting++;
            Queue(group);
            return false;
        }
    }

    /// <summary>Leaves its place, or the queue; what was left already, or never asked, is as it was.</summary>
    public void Leave(Place place)
    {
        lock (_gate)
        {
            if (place.Group is not { } group || place.Stand == PlaceStand.Outside)
                return;
            place.Node!.List!.Remove(place.Node);
            if (place.Stand == PlaceStand.Inside)
                _taken--;
            else
                _waiting--;
            place.Stand = PlaceStand.Outside;
            Queue(group);
        }
    }

    /// <summary>Gives a free place to whoever is next.</summary>
    public bool TryGive([NotNullWhen(true)] out T? owner)
    {
        lock (_gate)
        {
            owner = null;
            if (_taken >= maximum || _turns.First is not { } turn)
                return false;
            var group = turn.Value;
            var node = isLate?.Invoke(group.Waiting.First!.Value.Owner) == true ? group.Waiting.Last! : group.Waiting.First!;
            var place = node.Value;
            group.Waiting.Remove(node);
            _waiting--;
            Enter(place);
            // Behind the others, if it has a further turn.
            _turns.Remove(turn);
            group.Turn = null;
            Queue(group);
            owner = place.Owner;
            return true;
        }
    }

    /// <summary>Who is to give way now to those that wait, of an address with the most places first, and of it who has had one longest.</summary>
    /// <param name="mayGiveWay">
    /// Whether it has had its time. The second is how much of the time that it would have there is, from 1 down: with as many waiting as there
    /// are places it is a half, so that all have their turn within that time.
    /// </param>
    public List<T> Displaced(Func<T, double, bool> mayGiveWay)
    {
        List<T> displaced = [];
        lock (_gate)
        {
            if (_waiting == 0)
                return displaced;
            if (_taken >= maximum)
            {
                Collect(_groups.Values.Append(_unlimited).OrderByDescending(group => group.Inside.Count), maximum, _waiting);
                return displaced;
            }

            foreach (var group in _groups.Values)
            {
                if (group.Waiting.Count > 0 && group.Inside.Count >= group.Share)
                    Collect([group], group.Share, group.Waiting.Count);
            }
        }

        return displaced;

        void Collect(IEnumerable<Group> groups, int places, int waiting)
        {
            var most = displaced.Count + Math.Min(waiting, Math.Max(1, (int)(((long)places + waiting) / Parts)));
            var time = (double)places / ((double)places + waiting);
            foreach (var place in groups.SelectMany(group => group.Inside))
            {
                if (displaced.Count >= most)
                    return;
                if (mayGiveWay(place.Owner, time))
                    displaced.Add(place.Owner);
            }
        }
    }

    private Group GroupOf(AddressKey? address)
    {
        if (address is not { } key)
            return _unlimited;
        if (_groups.TryGetValue(key, out var group))
            return group;
        return _groups[key] = new Group(key, share > 0 ? share : int.MaxValue);
    }

    private void Enter(Place place)
    {
        place.Stand = PlaceStand.Inside;
        place.Node = place.Group!.Inside.AddLast(place);
        _taken++;
    }

    /// <summary>A group has its turn while somebody of it waits and it has not all of its share; one without anybody is forgotten.</summary>
    private void Queue(Group group)
    {
        var mayHave = group.Waiting.Count > 0 && group.Inside.Count < group.Share;
        if (mayHave && group.Turn is null)
        {
            group.Turn = _turns.AddLast(group);
        }
        else if (!mayHave && group.Turn is { } turn)
        {
            _turns.Remove(turn);
            group.Turn = null;
        }

        if (group is { Address: { } address, Waiting.Count: 0, Inside.Count: 0 })
            _groups.Remove(address);
    }

    /// <summary>What one owner has or waits for.</summary>
    public sealed class Place(T owner)
    {
        public T Owner => owner;

        internal Group? Group { get; set; }

        internal LinkedListNode<Place>? Node { get; set; }

        internal PlaceStand Stand { get; set; }
    }

    /// <summary>An address.</summary>
    internal sealed class Group(AddressKey? address, int share)
    {
        public AddressKey? Address => address;

        public int Share => share;

        /// <summary>The longest first.</summary>
        public LinkedList<Place> Inside { get; } = new();

        public LinkedList<Place> Waiting { get; } = new();

        public LinkedListNode<Group>? Turn { get; set; }
    }
}

/// <summary>Where somebody stands who has asked for a place.</summary>
internal enum PlaceStand : byte
{
    /// <summary>It has not asked, or has left.</summary>
    Outside,
    Waiting,
    Inside,
}
