using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Reports;

namespace Gateway.Load.Scenarios.Churn;

/// <summary>
/// Native clients that subscribe, ping, unsubscribe, and go to the next channel, one command on its way each. What is published to their
/// channels must come between the two acknowledgements only, once and in order.
/// </summary>
internal sealed class ChurnClients : IClientHandler
{
    private readonly State[] _states;
    private readonly SequenceCheck _sequences;
    private readonly byte[][] _subscribe;
    private readonly byte[][] _unsubscribe;
    private readonly Queue<int> _waiting;
    private bool _isClosedLoop;

    /// <param name="count">Clients.</param>
    /// <param name="channels">Names; the client's number chooses the first.</param>
    public ChurnClients(int count, IReadOnlyList<string> channels)
    {
        _states = new State[count];
        _sequences = new SequenceCheck(count);
        _waiting = new Queue<int>(count);
        _subscribe = [.. channels.Select(channel => Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{channel}}"}"""))];
        _unsubscribe = [.. channels.Select(channel => Encoding.UTF8.GetBytes($$"""{"type":"unsubscribe","id":1,"channel":"{{channel}}"}"""))];
    }

    private enum Stage : byte
    {
        Connecting,
        Away,
        Subscribing,
        Subscribed,
        Pinging,
        Pinged,
        Unsubscribing,
    }

    /// <summary>Set once, before the first client opens.</summary>
    public ClientPool Pool { get; set; } = null!;

    /// <summary>From the command to its answer.</summary>
    public Latency Latency { get; } = new();

    public long Sent { get; private set; }

    public long Answered { get; private set; }

    public long Deliveries { get; private set; }

    /// <summary>Publications that came before the subscribe's acknowledgement or after the unsubscribe's, or of another channel.</summary>
    public long Strayed { get; private set; }

    /// <summary>What is lost, came twice or late while subscribed.</summary>
    public SequenceCheck Sequences => _sequences;

    /// <summary>The first answer that was no acknowledgement.</summary>
    public string? Refusal { get; private set; }

    private static ReadOnlySpan<byte> Ping => "{\"type\":\"ping\",\"id\":1}"u8;

    private static ReadOnlySpan<byte> Ok => "{\"type\":\"ok\""u8;

    private static ReadOnlySpan<byte> Pong => "{\"type\":\"pong\""u8;

    private static ReadOnlySpan<byte> Error => "{\"type\":\"error\""u8;

    /// <summary>Begins a closed loop: each sends its next command when one is answered.</summary>
    public void Start()
    {
        _isClosedLoop = true;
        while (_waiting.TryDequeue(out var client))
            SendNext(client, Loop.Clock.GetTimestamp());
    }

    /// <summary>Sends no more; what is on its way is answered.</summary>
    public void Stop() => _isClosedLoop = false;

    /// <summary>Sends what is due in an open loop, as long as there is a client whose last command is answered: else it goes out late, and counts so.</summary>
    public void SendDue(Loop loop, Timetable timetable)
    {
        var now = Loop.Clock.GetTimestamp();
        while (_waiting.Count > 0 && timetable.TryTake(now, out var intended))
            SendNext(_waiting.Dequeue(), intended);
        if (_waiting.Count > 0)
            loop.WakeAt(timetable.Next);
    }

    public void OnOpen(int client)
    {
        _states[client].Stage = Stage.Away;
        _states[client].Channel = client % _subscribe.Length;
        Next(client);
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith(Ok) || payload.StartsWith(Pong))
            OnAnswer(client);
        else if (payload.StartsWith(Error))
            Refusal ??= Encoding.UTF8.GetString(payload);
        else if (Stamp.TryRead(payload, out var stamp))
            OnPublication(client, stamp);
    }

    public void OnReceived(int client)
    {
    }

    /// <summary>What must hold when all commands should have been answered.</summary>
    public void Check(Report report)
    {
        report.Check("every command was answered", Sent == Answered, $"{Sent:N0} sent, {Answered:N0} answered");
        report.Check("no command was refused", Refusal is null, Refusal ?? "none was");
        report.Check("between the acknowledgements nothing is lost, comes twice or late", _sequences.IsClean, $"{_sequences.Lost} lost, {_sequences.Duplicated} twice, {_sequences.Disordered} late, of {Deliveries:N0}");
        report.Check("before and after them nothing comes", Strayed == 0, $"{Strayed} did");
        report.Check("no such client was lost", Pool.Open == _states.Length, $"{Pool.Open} of {_states.Length} open");
    }

    private void OnAnswer(int client)
    {
        ref var state = ref _states[client];
        Answered++;
        Latency.Record(state.SentAt);
        if (state.Stage == Stage.Unsubscribing)
        {
            state.Channel = (state.Channel + 1) % _subscribe.Length;
            state.Stage = Stage.Away;
        }
        else
        {
            state.Stage++;
        }

        Next(client);
    }

    private void OnPublication(int client, Stamp stamp)
    {
        ref var state = ref _states[client];
        if (state.Stage < Stage.Subscribed || stamp.Channel != state.Channel)
        {
            Strayed++;
            return;
        }

        Deliveries++;
        _sequences.Take(client, stamp.Number);
    }

    private void Next(int client)
    {
        if (_isClosedLoop)
            SendNext(client, Loop.Clock.GetTimestamp());
        else
            _waiting.Enqueue(client);
    }

    private void SendNext(int client, long timestamp)
    {
        ref var state = ref _states[client];
        state.SentAt = timestamp;
        if (state.Stage == Stage.Away)
            _sequences.Restart(client);
        ReadOnlySpan<byte> command = state.Stage switch
        {
            Stage.Away => _subscribe[state.Channel],
            Stage.Subscribed => Ping,
            _ => _unsubscribe[state.Channel],
        };
        state.Stage++;
        Sent++;
        Pool.SendFrame(client, Opcode.Text, command);
    }

    private struct State
    {
        public Stage Stage;
        public int Channel;
        public long SentAt;
    }
}
