using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Cluster;

/// <summary>
/// Reads the revocations that the broker has kept: when the node starts, and when it has been without the broker and may have missed one.
/// </summary>
/// <param name="broker">Where they are kept.</param>
/// <param name="apply">Takes what was read.</param>
/// <param name="prune">Called once in a while, to forget what is over.</param>
/// <param name="time">Clock.</param>
/// <param name="log">For operators.</param>
internal sealed class RevocationReader(IBroker broker, Action<IReadOnlyList<Revocation>> apply, Action prune, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int IntervalsPerPrune = 60;

    private volatile bool _mustRead = true;
    private bool _isFailing;

    /// <summary>Something may have been missed.</summary>
    public void ReadAgain() => _mustRead = true;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            for (var interval = 1; ; interval++)
            {
                if (_mustRead && broker.Status.Connected)
                    await ReadAsync(cancellationToken).ConfigureAwait(false);
                if (interval % IntervalsPerPrune == 0)
                    prune();
                await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // the node stops
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        _mustRead = false; // before: what is missed meanwhile is read again
        try
        {
            var read = await broker.Revocations.ReadAsync(cancellationToken).ConfigureAwait(false);
            apply([.. read.Select(json => Revocation.TryParse(json)).OfType<Revocation>()]);
            _isFailing = false;
        }
#pragma warning disable CA1031 // Whatever a broker throws: the node serves on, and reads again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _mustRead = true;
            if (!_isFailing)
                Log.RevocationsUnknown(log, e.Message);
            _isFailing = true;
        }
    }
}
