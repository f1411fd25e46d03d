using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Cluster;

/// <summary>
/// Asks the other nodes, and answers them. Who is expected to answer is who has announced itself; who does not in time is named. Nothing
/// here runs on the broker's own thread but what finds the question that an answer is for.
/// </summary>
#pragma warning disable CA1001 // A semaphore that nobody waits for by a handle owns none.
internal sealed class Questions(INodeBus bus, string self, Func<IReadOnlyList<NodeAnnouncement>> nodes, Func<NodeQuestion, Task<JsonElement>> answer, TimeProvider time, ILogger log)
#pragma warning restore CA1001
{
    /// <summary>An operator waits; a node that needs longer is in trouble, which is an answer too.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Of this node at once; whoever asks more waits for a place, within the deadline.</summary>
    public const int MaxAsked = 16;

    /// <summary>Of other nodes at once; more are left unanswered, and counted. What each holds is an answer's bytes.</summary>
    public const int MaxAnswered = 16;

    /// <summary>Answers being read at once; more are lost, and their nodes named as silent.</summary>
    private const int MaxReading = 256;

    /// <summary>Their bytes, which whoever can publish at the broker chooses: 32 of the largest. Above it answers are lost, as above.</summary>
    private const long MaxReadingBytes = 32L * NodeAnswer.MaxBytes;

    /// <summary>Of the answers to one question, kept until the operator has got them. Above it the others count as silent.</summary>
    private const long MaxAnswerBytes = 64L * NodeAnswer.MaxBytes;

    private readonly ConcurrentDictionary<string, Asked> _asked = new();
    private readonly SemaphoreSlim _places = new(MaxAsked, MaxAsked);
    private readonly Rarely _mayLogAnswer = new(time, Log.Interval);
    private readonly Rarely _mayLogUnreadable = new(time, Log.Interval);
    private int _answering;
    private int _reading;
    private long _readingBytes;

    /// <summary>Answers that came and have not been read.</summary>
    public int Reading => Volatile.Read(ref _reading);

    /// <summary>Asks all others. Returns what came in time, and who was asked.</summary>
    /// <param name="question">Without id and sender.</param>
    /// <param name="isEnough">Looked at with each answer: true ends the wait, and all count as answered.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Answers> AskAsync(NodeQuestion question, Func<NodeAnswer, bool> isEnough, CancellationToken cancellationToken)
    {
        var expected = nodes().Select(node => node.Node).Where(name => name != self).Distinct().ToList();
        if (expected.Count == 0)
            return new Answers([], [], IsEnough: false);
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var asked = new Asked(expected, isEnough);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var hasPlace = false;
        try
        {
            await _places.WaitAsync(either.Token).ConfigureAwait(false);
            hasPlace = true;
            _asked[id] = asked;
            await bus.SendAsync((question with { Id = id, From = self }).ToJson(), either.Token).ConfigureAwait(false);
            await asked.Complete.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The deadline: what came by then counts.
        }
        catch (BrokerUnavailableException e)
        {
            Log.AskFailed(log, question.Ask, e.Message);
        }
        finally
        {
            _asked.TryRemove(id, out _);
            if (hasPlace)
                _places.Release();
        }

        return asked.Take();
    }

    /// <summary>From the broker's thread. Returns the outcome for the metric.</summary>
    public string OnQuestion(ReadOnlySpan<byte> json)
    {
        if (NodeQuestion.TryParse(json) is not { } question)
            return "malformed";
        if (question.From == self)
            return "own_question";
        if (Interlocked.Increment(ref _answering) > MaxAnswered)
        {
            Interlocked.Decrement(ref _answering);
            return "busy";
        }

        _ = Task.Run(() => AnswerAsync(question));
        return "answered";
    }

    /// <summary>From the broker's thread.</summary>
    public void OnReply(ReadOnlySpan<byte> json)
    {
        if (_asked.IsEmpty || json.Length > NodeAnswer.MaxBytes || Volatile.Read(ref _reading) >= MaxReading || Volatile.Read(ref _readingBytes) + json.Length > MaxReadingBytes)
            return;
        // Half a megabyte of JSON is not read where publications wait.
        Interlocked.Increment(ref _reading);
        Interlocked.Add(ref _readingBytes, json.Length);
        ThreadPool.UnsafeQueueUserWorkItem(static item => item.Questions.Read(item.Json), (Questions: this, Json: json.ToArray()), preferLocal: false);
    }

    private void Read(byte[] json)
    {
        try
        {
            if (NodeAnswer.TryParse(json) is { } reply && _asked.TryGetValue(reply.Id, out var asked))
                asked.Add(reply, json.Length);
        }
#pragma warning disable CA1031 // Whatever was sent here: its node counts as silent, and this one lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_mayLogUnreadable.Now())
                Log.AnswerUnreadable(log, e.Message);
        }
        finally
        {
            Interlocked.Add(ref _readingBytes, -json.Length);
            Interlocked.Decrement(ref _reading);
        }
    }

    private async Task AnswerAsync(NodeQuestion question)
    {
        try
        {
            var body = await answer(question).ConfigureAwait(false);
            var json = new NodeAnswer { Id = question.Id, Node = self, Body = body }.ToJson();
            if (json.Length <= NodeAnswer.MaxBytes)
                await bus.ReplyAsync(question.From, json, CancellationToken.None).ConfigureAwait(false);
            else if (_mayLogAnswer.Now())
                Log.AnswerTooLarge(log, question.Ask, json.Length);
        }
#pragma warning disable CA1031 // Whatever it was: the node that asked names this one as silent, and this one lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_mayLogAnswer.Now())
                Log.AnswerFailed(log, question.Ask, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _answering);
        }
    }

    /// <summary>A question that is on its way.</summary>
    private sealed class Asked(List<string> expected, Func<NodeAnswer, bool> isEnough)
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, NodeAnswer> _answers = [];
        private long _bytes;
        private bool _isEnough;

        public TaskCompletionSource Complete { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Add(NodeAnswer answer, int bytes)
        {
            lock (_gate)
            {
                // One that joined a moment ago counts as well, but no more of them than nodes that are known of.
                if (!expected.Contains(answer.Node) && _answers.Count >= 2 * expected.Count)
                    return;
                // The first word counts: a second one would be of somebody else.
                if (_bytes + bytes > MaxAnswerBytes || !_answers.TryAdd(answer.Node, answer))
                    return;
                _bytes += bytes;
                _isEnough |= isEnough(answer);
                if (_isEnough || expected.TrueForAll(_answers.ContainsKey))
                    Complete.TrySetResult();
            }
        }

        public Answers Take()
        {
            lock (_gate)
                return new Answers([.. _answers.Values], _isEnough ? [] : [.. expected.Where(name => !_answers.ContainsKey(name))], _isEnough);
        }
    }
}

/// <summary>What the other nodes said.</summary>
/// <param name="Given">One of each node that answered.</param>
/// <param name="Silent">Nodes that did not.</param>
/// <param name="IsEnough">One of them was what was looked for.</param>
internal sealed record Answers(IReadOnlyList<NodeAnswer> Given, IReadOnlyList<string> Silent, bool IsEnough);
