using System.Net;
using Gateway.Load.Client;

namespace Gateway.Load.Streams;

/// <summary>A client that comes for the first time, and again until it is let in.</summary>
internal static class Newcomer
{
    private static readonly TimeSpan Try = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Seconds until it has been let in and had a ping answered; null: it was not in time.</summary>
    /// <param name="loop">Turns meanwhile.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="isTls">Over TLS.</param>
    /// <param name="atMost">When it goes home.</param>
    public static double? LetIn(Loop loop, IPEndPoint target, IPAddress source, bool isTls, TimeSpan atMost)
    {
        var start = Loop.Clock.GetTimestamp();
        using var end = new CancellationTokenSource(atMost);
        var coming = ComeAsync(target, source, isTls, end.Token);
        loop.RunUntil(() => coming.IsCompleted, atMost);
        end.Cancel();
        return coming.IsCompletedSuccessfully && coming.Result is { } endedAt ? Loop.Clock.GetElapsedTime(start, endedAt).TotalSeconds : null;
    }

    /// <summary>When it was let in; null: it was not.</summary>
    private static async Task<long?> ComeAsync(IPEndPoint target, IPAddress source, bool isTls, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
            patience.CancelAfter(Try);
            try
            {
                using var client = await JsonClient.OpenAsync(target, source, isTls, patience.Token);
                await client.PingAsync(1, patience.Token);
                return Loop.Clock.GetTimestamp();
            }
            catch (Exception e) when (e is EndedException or OperationCanceledException)
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
        }

        return null;
    }
}
