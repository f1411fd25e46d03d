using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gateway.Core.Access;
using Gateway.Core.Buffers;
using Gateway.Core.Channels;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>Shards, their directory and real connections, between a scripted broker and recording transports.</summary>
internal sealed class ShardHarness : IDisposable
{
    public ShardHarness(Action<GatewayOptions>? configure = null, int shards = 1, ILogger? log = null)
    {
        Options.Auth.AllowAnonymous = true;
        Options.Channels.LeaveAfter = TimeSpan.Zero;
        configure?.Invoke(Options);
        Context = TestContexts.Create(Options, Metrics, new Selector(new Handler(this)), new NameIsToken());
        Shares = new NodeShares(Options.Limits, Context.Transport.Buffers.Account);
        Directory = new ChannelDirectory(Source, Options.Channels, Shares, Faults.Enqueue);
        Shards =
        [
            .. Enumerable.Range(0, shards).Select(
                index => new Shard(index, Directory, Shares, Options, Metrics, TimeProvider.System, log ?? NullLogger.Instance)),
        ];
    }

    public GatewayOptions Options { get; } = new();

    public GatewayMetrics Metrics { get; } = new();

    public ScriptedSource Source { get; } = new();

    public NodeShares Shares { get; }

    /// <summary>Of the directory.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    public MemoryAccount Account => Shares.Account;

    public ChannelDirectory Directory { get; }

    public Shard[] Shards { get; }

    public ConnectionContext Context { get; }

    public PublicationPool Publications { get; } = new(new MemoryAccount());

    public TestEncoder Encoder { get; } = new(0);

    /// <summary>What an acknowledgement says of the channel at its moment, after a colon of its own; null: nothing.</summary>
    public Func<string, string>? Position { get; set; }

    public long Dropped(DropReason reason) => Metrics.Drops[(int)reason].Value;

    /// <param name="shard">Whose it is to be.</param>
    /// <param name="address">From where it comes.</param>
    /// <param name="user">Its token's user; null: it is anonymous.</param>
    public Client Open(int shard = 0, string address = "127.0.0.1", string? user = null)
    {
        while (true)
        {
            var transport = new RecordingTransport { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) };
            var connection = new Connection(transport, Context);
            // Ids are drawn: draw until it is one of the shard's.
            if (connection.Id.Value % (ulong)Shards.Length != (ulong)shard)
                continue;
            Context.Registry.Add(connection);
            transport.Handler = connection;
            transport.Receive(ClientBytes.Upgrade("/", user is null ? "" : $"Authorization: Bearer {user}\r\n"));
            Assert.Equal(ConnectionState.Open, connection.State);
            transport.Forget();
            return new Client(this, connection, transport);
        }
    }

    public Shard ShardOf(Connection connection) => Shards[connection.Id.Value % (ulong)Shards.Length];

    /// <summary>As the broker would: to the interested shards. False: nobody is.</summary>
    public bool Publish(string channel, string payload)
    {
        if (Directory.Find(Encoding.UTF8.GetBytes(channel)) is not { } entry)
            return false;
        return Publish(entry, Encoding.UTF8.GetBytes(payload));
    }

    /// <summary>To the shards that are interested at this moment, as the node does with what the broker brings.</summary>
    public bool Publish(ChannelEntry entry, byte[] payload)
    {
        var shards = entry.Interested;
        if (shards.Length == 0)
            return false;
        var publication = Publications.Rent(entry.Name, payload, TimeProvider.System.GetTimestamp(), shards.Length);
        foreach (var shard in shards)
            shard.Post(publication);
        return true;
    }

    /// <summary>Returns when every shard has done what was posted before.</summary>
    public async Task SettleAsync()
    {
        foreach (var shard in Shards)
        {
            while (await shard.InspectAsync(seen => seen.Inbox.Publications) > 0)
            {
            }

            // Items go before the publications of their batch: one more batch, and those have left too.
            await shard.InspectAsync(static _ => 0);
        }
    }

    /// <summary>Returns when nobody is subscribed to anything, and everything is as at the beginning.</summary>
    public async Task EmptyAsync()
    {
        await Eventually.TrueAsync(() => Directory.Count == 0);
        await SettleAsync();
        Assert.Equal(0, Shards.Sum(shard => shard.Subscriptions));
        // A channel is off the directory before its share is.
        await Eventually.TrueAsync(() => (Account.HeldBytes, Shares.Addresses, Shares.Users) == (0L, 0, 0));
    }

    /// <summary>Holds a shard within a drain, so that what is posted meanwhile waits, until the result is disposed.</summary>
    public static async Task<IDisposable> HoldAsync(Shard shard)
    {
        var hold = new Hold();
        shard.Post(ShardItemKind.Inspect, (Action<Shard>)hold.Enter);
        await hold.Entered;
        return hold;
    }

    public void Dispose()
    {
        Context.Clock.Dispose();
        Metrics.Dispose();
    }

    /// <summary>A client of the harness.</summary>
    internal sealed class Client(ShardHarness harness, Connection connection, RecordingTransport transport)
    {
        private int _completions;

        public Connection Connection { get; } = connection;

        public RecordingTransport Transport { get; } = transport;

        public IReadOnlyList<string> Messages => Transport.Messages;

        /// <summary>Answers of requests so far, also those that nobody could be told.</summary>
        public int Completions => Volatile.Read(ref _completions);

        /// <summary>Answered as <c>+news:Subscribed</c>.</summary>
        public Task<SubscribeResult> SubscribeAsync(string channel, IPublicationEncoder? encoder = null)
        {
            var request = new Subscribing(this, ChannelName.Parse(channel), encoder ?? harness.Encoder, harness.Position);
            Ask(ShardItemKind.Subscribe, request);
            return request.Result;
        }

        /// <summary>Answered as <c>-news:True</c>.</summary>
        public Task<bool> UnsubscribeAsync(string channel)
        {
            var request = new Unsubscribing(this, ChannelName.Parse(channel));
            Ask(ShardItemKind.Unsubscribe, request);
            return request.Result;
        }

        /// <summary>As a client's turn does, which flushes at its end.</summary>
        private void Ask(ShardItemKind kind, object request)
        {
            harness.ShardOf(Connection).Do(kind, request, Connection);
            Connection.Flush();
        }

        private sealed class Subscribing(Client client, ChannelName channel, IPublicationEncoder encoder, Func<string, string>? position)
            : SubscribeRequest(client.Connection, channel, encoder)
        {
            private readonly TaskCompletionSource<SubscribeResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task<SubscribeResult> Result => _result.Task;

            public override OutboundFrame? Complete(SubscribeResult result)
            {
                Interlocked.Increment(ref client._completions);
                _result.SetResult(result);
                return OutboundFrame.Create(Opcode.Text, Encoding.UTF8.GetBytes($"+{Channel}:{result}{position?.Invoke(Channel.Text)}"));
            }
        }

        private sealed class Unsubscribing(Client client, ChannelName channel) : UnsubscribeRequest(client.Connection, channel)
        {
            private readonly TaskCompletionSource<bool> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task<bool> Result => _result.Task;

            public override OutboundFrame? Complete(bool wasSubscribed)
            {
                Interlocked.Increment(ref client._completions);
                _result.SetResult(wasSubscribed);
                return OutboundFrame.Create(Opcode.Text, Encoding.UTF8.GetBytes($"-{Channel}:{wasSubscribed}"));
            }
        }
    }

    private sealed class Hold : IDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task Entered => _entered.Task;

        public void Enter(Shard shard)
        {
            _entered.SetResult();
            _released.Wait();
        }

        public void Dispose() => _released.Set();
    }

    /// <summary>A token is the name of its user.</summary>
    private sealed class NameIsToken : ITokenValidator
    {
        public TimeSpan ClockSkew => TimeSpan.Zero;

        public ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) =>
            new(new TokenVerdict(new ClientIdentity { Subject = token }, ""));
    }

    private sealed class Selector(IMessageHandler handler) : IProtocolSelector
    {
        public ProtocolMatch Select(UpgradeRequest request) => ProtocolMatch.Of(handler);
    }

    private sealed class Handler(ShardHarness harness) : IMessageHandler
    {
        public string Name => "test";

        public bool NeedsAdmission => true;

        public void OnOpen(Connection connection)
        {
        }

        public MessageResult OnMessage(Connection connection, Opcode opcode, ReadOnlySpan<byte> payload) => MessageResult.Continue;

        public OutboundFrame CloseFrame(CloseReason reason) => reason.Frame;

        public OutboundFrame? FarewellFrame(TimeSpan comeBackAfter, string reason) => null;

        public void OnGap(Connection connection, TimeSpan duration, TimeSpan within)
        {
        }

        public void OnClosed(Connection connection) => harness.ShardOf(connection).Do(ShardItemKind.Detach, connection, connection);
    }
}

/// <summary>Makes frames such as <c>news:payload</c>, and counts them.</summary>
internal sealed class TestEncoder(int slot) : IPublicationEncoder
{
    private int _encoded;

    public int Slot => slot;

    public int Encoded => Volatile.Read(ref _encoded);

    public OutboundFrame Encode(Publication publication)
    {
        Interlocked.Increment(ref _encoded);
        var payload = Encoding.UTF8.GetString(publication.Payload);
        return OutboundFrame.Create(Opcode.Text, Encoding.UTF8.GetBytes($"{publication.Channel}:{payload}"));
    }
}
