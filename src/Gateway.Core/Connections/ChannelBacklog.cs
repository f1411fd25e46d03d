using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.Core.Connections;

/// <summary>One channel's publications that wait in one queue, oldest first, and by their keys.</summary>
internal sealed class ChannelBacklog
{
    private WaitingPublication[] _ring = new WaitingPublication[8]; // a power of two
    private Dictionary<string, int>? _byKey; // where in the order; see _first
    private int _head;
    private int _first; // how many have gone before the first: its place in the order of all that ever waited; wraps

    /// <summary>Whose.</summary>
    public OutboundChannel? Channel { get; set; }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Forgets what has left: places below the lane's first.</summary>
    public void Forget(int firstNumber)
    {
        while (Count > 0 && firstNumber - _ring[_head].Number > 0)
            RemoveFirst();
    }

    public void Add(WaitingPublication publication)
    {
        if (Count == _ring.Length)
            Grow();
        if (publication.Key is { } key)
            (_byKey ??= new Dictionary<string, int>(StringComparer.Ordinal))[key] = _first + Count;
        _ring[(_head + Count) & (_ring.Length - 1)] = publication;
        Count++;
        Bytes += publication.Length;
    }

    /// <summary>The one that waits with this key; null: none does.</summary>
    public WaitingPublication? Find(string key) => _byKey is not null && _byKey.TryGetValue(key, out var order) ? At(order) : null;

    /// <summary>A newer one has taken the place of the one with this key.</summary>
    public void Replace(string key, int length)
    {
        ref var place = ref At(_byKey![key]);
        Bytes += length - place.Length;
        place = place with { Length = length };
    }

    public WaitingPublication RemoveFirst()
    {
        Debug.Assert(Count > 0, "There is none.");
        var first = _ring[_head];
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        _first++;
        Count--;
        Bytes -= first.Length;
        if (first.Key is not null)
            _byKey!.Remove(first.Key);
        return first;
    }

    public void Renumber(int first, ReadOnlySpan<int> numbers)
    {
        Forget(first);
        for (var i = 0; i < Count; i++)
        {
            ref var place = ref _ring[(_head + i) & (_ring.Length - 1)];
            place = place with { Number = numbers[place.Number - first] };
        }
    }

    private ref WaitingPublication At(int order) => ref _ring[(_head + order - _first) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new WaitingPublication[_ring.Length * 2];
        var tail = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, tail);
        Array.Copy(_ring, 0, larger, tail, _head);
        (_ring, _head) = (larger, 0);
    }
}

/// <summary>A publication that waits.</summary>
/// <param name="Number">Of its place in the data lane.</param>
/// <param name="Length">Of its frame.</param>
/// <param name="Key">Null: it has none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WaitingPublication(int Number, int Length, string? Key);
