using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;

namespace Gateway.Load.Scenarios.Idle;

/// <summary>Connections that stand there, and get some publications from time to time.</summary>
internal sealed class IdleSubscribers(IdleSettings settings) : IClientHandler
{
    private const int PayloadBytes = 128;

    private static readonly TimeSpan RoundPatience = TimeSpan.FromSeconds(2);

    private readonly int[] _messages = new int[settings.To];
    private long _total;

    public void OnOpen(int client)
    {
    }

    public void OnMessage(int client, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        _messages[client]++;
        _total++;
    }

    public void OnReceived(int client)
    {
    }

    /// <summary>Publishes until each of the clients has got as many messages as was asked for, and lets them rest.</summary>
    public void Exercise(Loop loop, Publisher publisher, int clients)
    {
        Array.Clear(_messages);
        var payload = new byte[PayloadBytes];
        payload.AsSpan().Fill((byte)'x');
        payload[0] = payload[^1] = (byte)'"'; // JSON, as the admin side takes it
        // A subscription in plain mode is not acknowledged: what the last ones missed comes in a further round.
        var mostRounds = (2 * settings.Messages) + 10;
        for (var round = 0; _messages.AsSpan(0, clients).ContainsAnyInRange(0, settings.Messages - 1); round++)
        {
            if (round == mostRounds)
                throw new LoadException($"Not every subscriber gets what is published. {publisher.Refusal}");
            var expected = _total + clients;
            for (var channel = 0; channel < (settings.OwnChannels ? clients : 1); channel++)
                publisher.Publish(channel, payload);
            publisher.Flush();
            loop.RunUntil(() => _total >= expected, RoundPatience);
        }

        loop.RunFor(settings.Rest, static () => { });
    }
}
