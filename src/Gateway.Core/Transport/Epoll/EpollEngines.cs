using System.Globalization;

namespace Gateway.Core.Transport.Epoll;

/// <summary>A node's engines, among which its sockets are spread in turn.</summary>
internal sealed class EpollEngines(int count, Action<Exception> fault) : IDisposable
{
    private readonly EpollEngine[] _engines =
        [.. Enumerable.Range(0, count).Select(i => new EpollEngine("Gateway engine " + i.ToString(CultureInfo.InvariantCulture), fault))];

    private uint _next;

    public EpollEngine Next() => _engines[Interlocked.Increment(ref _next) % (uint)_engines.Length];

    /// <summary>Ends the threads. Sockets that are open hear nothing more.</summary>
    public void Dispose()
    {
        foreach (var engine in _engines)
            engine.Dispose();
    }
}
