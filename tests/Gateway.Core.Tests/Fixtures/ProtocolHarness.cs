using System.Text;
using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Options;
using Gateway.Core.Protocols;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>The client protocols over recording transports, with channels that answer as a test says.</summary>
internal sealed class ProtocolHarness : IDisposable
{
    private readonly GatewayMetrics _metrics = new();

    public ProtocolHarness(Action<GatewayOptions>? configure = null, ITokenValidator? validator = null)
    {
        Options.Auth.AllowAnonymous = true;
        configure?.Invoke(Options);
        Channels = new FakeChannels(new ChannelRules(Options.Rules));
        Context = TestContexts.Create(Options, _metrics, new ProtocolRoutes(Options, Channels, "node-1"), validator);
    }

    public GatewayOptions Options { get; } = new();

    public FakeChannels Channels { get; }

    public ConnectionContext Context { get; }

    public GatewayMetrics Metrics => _metrics;

    /// <summary>Sends an upgrade request.</summary>
    public (Connection Connection, RecordingTransport Transport) Request(string path, string headers = "")
    {
        var transport = new RecordingTransport();
        var connection = (Connection)Context.Accept(transport);
        transport.Handler = connection;
        transport.Receive(ClientBytes.Upgrade(path, headers));
        return (connection, transport);
    }

    /// <summary>An open connection of gateway.v1, its welcome forgotten.</summary>
    public (Connection Connection, RecordingTransport Transport) Open(string path = "/")
    {
        var (connection, transport) = Request(path);
        Assert.Equal(ConnectionState.Open, connection.State);
        transport.Forget();
        return (connection, transport);
    }

    /// <summary>The response's first line and its body.</summary>
    public (string Line, string Body) Response(string path, string headers = "")
    {
        var parts = Encoding.ASCII.GetString(Request(path, headers).Transport.Sent).Split("\r\n\r\n", 2);
        return (parts[0].Split("\r\n")[0], parts[1].TrimEnd());
    }

    public void Dispose()
    {
        Context.Clock.Dispose();
        _metrics.Dispose();
    }
}

/// <summary>Answers every request at once, or keeps it.</summary>
internal sealed class FakeChannels(ChannelRules rules) : IChannels
{
    /// <summary>What a subscribe is answered with; null: it is kept in <see cref="Waiting"/>.</summary>
    public SubscribeResult? Subscribed { get; set; } = SubscribeResult.Subscribed;

    public bool WasSubscribed { get; set; } = true;

    public Func<ValueTask<PublishResult>> Published { get; set; } = static () => new(PublishResult.Published);

    public Queue<SubscribeRequest> Waiting { get; } = new();

    /// <summary>As <c>+news</c>, <c>-news</c>, <c>news=payload</c>.</summary>
    public List<string> Asked { get; } = [];

    public List<Connection> Detached { get; } = [];

    /// <summary>What whoever is asked says; by default, that the rules must say it.</summary>
    public Func<AccessWish, ValueTask<AccessVerdict>> Decide { get; set; } = static _ => throw new InvalidOperationException("Nobody is asked in this test.");

    public AccessVerdict Judge(ChannelName channel, ClientIdentity client, ChannelAction action) => rules.Judge(channel, client, action);

    public ValueTask<AccessVerdict> AskAsync(AccessWish wish)
    {
        var verdict = Judge(wish.Channel, wish.Client, wish.Action);
        return verdict.IsUndecided ? Decide(wish) : new(verdict);
    }

    public void Subscribe(SubscribeRequest request)
    {
        Asked.Add($"+{request.Channel}");
        if (Subscribed is { } result)
            Answer(request, result);
        else
            Waiting.Enqueue(request);
    }

    public void Unsubscribe(UnsubscribeRequest request)
    {
        Asked.Add($"-{request.Channel}");
        if (request.Complete(WasSubscribed) is { } answer)
            request.Connection.Send(answer);
    }

    public ValueTask<PublishResult> PublishAsync(ChannelName channel, ReadOnlyMemory<byte> payload, string? key, bool isBinary)
    {
        Asked.Add($"{channel}={(isBinary ? "0x" + Convert.ToHexString(payload.Span) : Encoding.UTF8.GetString(payload.Span))}{(key is null ? "" : $" key {key}")}");
        return Published();
    }

    public void Detach(Connection connection) => Detached.Add(connection);

    public static void Answer(SubscribeRequest request, SubscribeResult result)
    {
        if (request.Complete(result) is { } answer)
            request.Connection.Send(answer);
    }
}
