using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateway.Logging;

namespace Gateway.Tests.Logging;

public sealed class LogLinesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Sink _sink = new();
    private readonly Channel<int> _drops = Channel.CreateUnbounded<int>(); // the count after each
    private int _dropped;

    public void Dispose() => _sink.Dispose();

    [Fact]
    public async Task Lines_NobodyReads_AreDroppedAndCounted_AndWhoeverLogsGoesOn()
    {
        using var lines = Create(capacity: 2);
        lines.Add("first", isError: false);
        await _sink.IsWritten("first").WaitAsync(Patience); // and its writer stands still

        for (var i = 0; i < 10; i++)
            lines.Add($"{i}", isError: false);

        Assert.Equal(8, _dropped);

        _sink.Open();
        await _sink.IsWritten("1").WaitAsync(Patience);
        lines.Add("last", isError: false);
        await _sink.IsWritten("last").WaitAsync(Patience);
        Assert.Equal(["first", "0", "1", "8 dropped", "last"], _sink.Written);
    }

    [Fact]
    public async Task Lines_ThatCannotBeWritten_AreCounted_AndTheNextIsTried()
    {
        _sink.Open();
        _sink.Fails = "full";
        using var lines = Create(capacity: 10);

        lines.Add("full", isError: true);
        await _sink.IsWritten("full").WaitAsync(Patience);
        lines.Add("next", isError: true);
        await _sink.IsWritten("next").WaitAsync(Patience);

        Assert.Equal(1, _dropped);
    }

    [Fact]
    public async Task Lines_ManyThatCannotBeWritten_AreAllToldOfOnceTheyCan()
    {
        _sink.Open();
        _sink.IsFull = true;
        using var lines = Create(capacity: 10);
        for (var i = 1; i <= 3; i++)
        {
            lines.Add($"{i}", isError: false);
            Assert.Equal(i, await _drops.Reader.ReadAsync().AsTask().WaitAsync(Patience)); // each of them once
        }

        _sink.IsFull = false;
        lines.Add("next", isError: false);
        await _sink.IsWritten("next").WaitAsync(Patience);

        Assert.Equal(["1", "1 dropped", "2 dropped", "3 dropped", "next"], _sink.Written);
        Assert.Equal(3, _dropped);
    }

    [Fact]
    public async Task Lines_ThatCannotBeWrittenBehindWhatTellsOfOthers_AreToldOfAlone()
    {
        _sink.Open();
        _sink.Fails = "full";
        using var lines = Create(capacity: 10);
        for (var i = 1; i <= 2; i++)
        {
            lines.Add("full", isError: false);
            Assert.Equal(i, await _drops.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        }

        lines.Add("next", isError: false);
        await _sink.IsWritten("next").WaitAsync(Patience);

        Assert.Equal(["full", "1 dropped", "full", "1 dropped", "next"], _sink.Written);
    }

    [Fact]
    public async Task Lines_LoggedAtTheEnd_LeaveOrAreCounted()
    {
        _sink.Open();
        var lines = Create(capacity: 10);
        lines.Add("before", isError: false);
        lines.Dispose();
        lines.Add("after", isError: false);

        await _sink.IsWritten("before").WaitAsync(Patience);
        Assert.Equal(1, _dropped);
    }

    private LogLines Create(int capacity) => new(capacity, _sink, _sink, () => _drops.Writer.TryWrite(++_dropped), static lines => $"{lines} dropped");

    /// <summary>An output that nobody reads until the test says so.</summary>
    private sealed class Sink : StringWriter
    {
        private readonly ManualResetEventSlim _isRead = new();
        private readonly ConcurrentQueue<string> _written = new();
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiters = new();

        /// <summary>A text that cannot be written.</summary>
        public string? Fails { get; set; }

        /// <summary>None can.</summary>
        public bool IsFull { get; set; }

        public IEnumerable<string> Written => _written;

        public Task IsWritten(string text) => Waiter(text).Task;

        public void Open() => _isRead.Set();

        public override void Write(string? value)
        {
            _written.Enqueue(value!);
            Waiter(value!).TrySetResult();
            _isRead.Wait(Patience);
            if (IsFull || value == Fails)
                throw new IOException("no space left");
        }

        protected override void Dispose(bool disposing)
        {
            _isRead.Set();
            base.Dispose(disposing);
        }

        private TaskCompletionSource Waiter(string text) => _waiters.GetOrAdd(text, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
