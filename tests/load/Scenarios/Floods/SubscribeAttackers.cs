using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>Clients that subscribe to one channel after the other, none of which anybody has named before.</summary>
/// <param name="eachPerSecond">Channels that each asks for in a second; <see cref="int.MaxValue"/>: as many as the node takes.</param>
/// <param name="prefix">In front of each name.</param>
internal sealed class SubscribeAttackers(int eachPerSecond, string prefix = "flood-") : Attackers
{
    private const int Batch = 64; // commands that leave together

    // What is due in so long leaves together: a command alone costs an attacker as much as it costs the node.
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, Timetable> _timetables = [];
    private readonly byte[] _commands = new byte[Batch * 128];

    /// <summary>Subscriptions that were refused since the node has as many channels as it may have.</summary>
    public long TooManyChannels { get; private set; }

    /// <summary>Subscriptions that were done.</summary>
    public long Done { get; private set; }

    private static ReadOnlySpan<byte> Ok => "{\"type\":\"ok\""u8;

    private static ReadOnlySpan<byte> TooMany => "\"too_many_channels\""u8;

    public override void OnOpen(int client) => _timetables[client] = new Timetable(eachPerSecond, Loop.Clock.GetTimestamp());

    public override void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith(Ok))
            Done++;
        else if (payload.IndexOf(TooMany) >= 0)
            TooManyChannels++;
    }

    protected override void Attack(int client)
    {
        var (timetable, now, length) = (_timetables[client], Loop.Clock.GetTimestamp(), 0);
        Span<byte> command = stackalloc byte[100];
        if (eachPerSecond != int.MaxValue && Loop.Clock.GetElapsedTime(timetable.Next, now) < Together)
            return;
        for (var i = 0; i < Batch && timetable.TryTake(now, out _); i++)
        {
            Encoding.UTF8.TryGetBytes($"{{\"type\":\"subscribe\",\"id\":1,\"channel\":\"{prefix}{Frames++}\"}}", command, out var written);
            length += ClientFrame.Write(_commands.AsSpan(length), Opcode.Text, command[..written]);
        }

        if (length > 0)
            Pool.Send(client, _commands.AsSpan(0, length));
    }
}
