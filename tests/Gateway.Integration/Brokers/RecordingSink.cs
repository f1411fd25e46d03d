using System.Text;
using Gateway.Core.Brokers;

namespace Gateway.Integration.Brokers;

/// <summary>Keeps what a broker brings, in order, and asserts that it brings one thing at a time.</summary>
public sealed class RecordingSink(string name = "node") : IBrokerSink
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<(string Channel, byte[] Payload)> _publications = [];
    private readonly List<string> _events = [];
    private readonly List<byte[]> _envelopes = [];
    private readonly List<byte[]> _replies = [];
    private readonly List<string> _tooLarge = [];
    private readonly List<TimeSpan> _gaps = [];
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waiting = [];
    private int _inside;

    public string Name => name;

    public bool Overlapped { get; private set; }

    public IReadOnlyList<(string Channel, byte[] Payload)> Publications => Copy(_publications);

    public IReadOnlyList<byte[]> Envelopes => Copy(_envelopes);

    public IReadOnlyList<byte[]> Replies => Copy(_replies);

    /// <summary>Channels of publications that were too large.</summary>
    public IReadOnlyList<string> TooLarge => Copy(_tooLarge);

    public IReadOnlyList<TimeSpan> Gaps => Copy(_gaps);

    /// <summary>Payloads as text, and <c>gap</c>, in order.</summary>
    public IReadOnlyList<string> Events => Copy(_events);

    public void OnPublication(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        var name = Encoding.UTF8.GetString(channel);
        var bytes = message.ToArray();
        Record(() =>
        {
            _publications.Add((name, bytes));
            _events.Add(bytes.Length < 100 ? Encoding.UTF8.GetString(bytes) : "large");
        });
    }

    public void OnEnvelope(ReadOnlySpan<byte> json)
    {
        var bytes = json.ToArray();
        Record(() => _envelopes.Add(bytes));
    }

    public void OnReply(ReadOnlySpan<byte> json)
    {
        var bytes = json.ToArray();
        Record(() => _replies.Add(bytes));
    }

    public void OnTooLarge(ReadOnlySpan<byte> channel)
    {
        var name = Encoding.UTF8.GetString(channel);
        Record(() => _tooLarge.Add(name));
    }

    public void OnGap(TimeSpan duration) => Record(() =>
    {
        _gaps.Add(duration);
        _events.Add("gap");
    });

    public Task PublicationsAsync(int count) => WaitAsync(() => _publications.Count >= count, $"{count} publications");

    public Task PublicationAsync(string payload) => WaitAsync(() => _events.Contains(payload), $"the publication {payload}");

    public Task EnvelopesAsync(int count) => WaitAsync(() => _envelopes.Count >= count, $"{count} envelopes");

    public Task RepliesAsync(int count) => WaitAsync(() => _replies.Count >= count, $"{count} replies");

    public Task GapsAsync(int count) => WaitAsync(() => _gaps.Count >= count, $"{count} gaps");

    private async Task WaitAsync(Func<bool> condition, string what)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return;
            _waiting.Add((condition, met));
        }

        try
        {
            await met.Task.WaitAsync(Bound);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{what} did not come; {Publications.Count} publications, {Envelopes.Count} envelopes and {Gaps.Count} gaps did.");
        }
    }

    private void Record(Action action)
    {
        if (Interlocked.Increment(ref _inside) > 1)
            Overlapped = true;
        lock (_gate)
        {
            action();
            foreach (var waiting in _waiting.Where(waiting => waiting.Condition()).ToArray())
            {
                _waiting.Remove(waiting);
                waiting.Met.SetResult();
            }
        }

        Interlocked.Decrement(ref _inside);
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}
