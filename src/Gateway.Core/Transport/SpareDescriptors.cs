using Microsoft.Win32.SafeHandles;

namespace Gateway.Core.Transport;

/// <summary>
/// Descriptors that are kept for the moment in which there are no others: somebody has lowered the limit of the running process, or the whole
/// machine has none. The runtime opens a pipe for every thread it starts, and ends the process where it cannot; so these are given up at the
/// first client that cannot be accepted, and nobody is taken in until they are had again and as many are free beside them.
/// </summary>
/// <param name="open">Opens one; throws <see cref="IOException"/> where there is none. Null: <c>/dev/null</c>.</param>
/// <param name="free">How many the process may still open; null: unknown.</param>
internal sealed class SpareDescriptors(Func<SafeHandleZeroOrMinusOneIsInvalid>? open = null, Func<long?>? free = null) : IDisposable
{
    /// <summary>Kept: 16 threads that start, or a file of each kind, the probes' connections and a link to Redis.</summary>
    public const int Count = 32;

    private readonly Func<SafeHandleZeroOrMinusOneIsInvalid> _open = open ?? (() => File.OpenHandle("/dev/null"));
    private readonly Func<long?> _free = free ?? (() => DescriptorLimit.Read() - DescriptorLimit.Open());
    private readonly Lock _changing = new();
    private SafeHandleZeroOrMinusOneIsInvalid[] _kept = [];
    private bool _isDisposed;

    /// <summary>True: they are kept, and clients may be taken in.</summary>
    public bool TryKeep()
    {
        lock (_changing)
        {
            if (_kept.Length > 0 || _isDisposed || OperatingSystem.IsWindows())
                return true;
            // Counted, not tried: whoever tries takes the last ones, for a moment in which a thread may start.
            if (_free() < 2 * Count)
                return false;
            var had = new List<SafeHandleZeroOrMinusOneIsInvalid>(Count);
            try
            {
                while (had.Count < Count)
                    had.Add(_open());
            }
            catch (IOException)
            {
                Release(had); // of the whole machine's
                return false;
            }

            _kept = [.. had];
            return true;
        }
    }

    /// <summary>Somebody needs one more than any of the clients.</summary>
    public void GiveUp()
    {
        lock (_changing)
        {
            Release(_kept);
            _kept = [];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        GiveUp();
    }

    private static void Release(IEnumerable<SafeHandleZeroOrMinusOneIsInvalid> handles)
    {
        foreach (var handle in handles)
            handle.Dispose();
    }
}
