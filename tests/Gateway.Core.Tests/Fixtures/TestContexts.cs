using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Connections;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Fixtures;

/// <summary>What connections need, with a clock that stands still.</summary>
internal static class TestContexts
{
    public static ConnectionContext Create(GatewayOptions options, GatewayMetrics metrics, IProtocolSelector protocols, ITokenValidator? validator = null)
    {
        var registry = new ConnectionRegistry();
        var time = new FakeTimeProvider();
        var transport = new TransportContext(options.Transport, metrics);
        var reader = new MessageReaderSettings(options.Limits.MaxMessageBytes, transport.Buffers);
        var trusted = new TrustedNetworks(options.TrustedProxies);
        var tokens = new TokenJudge(validator, new Revocations(time));
        return new ConnectionContext
        {
            Options = options,
            Registry = registry,
            Slots = new ConnectionSlots(100_000),
            Clock = new Heartbeat(registry, time, static _ => { }),
            Time = time,
            Reader = reader,
            Compression = new CompressionPolicy(options.Compression, reader, metrics),
            TrustedProxies = trusted,
            Forwarding = new Forwarding(trusted, options.ForwardedHeader),
            Addresses = new AddressTable(options.Limits, transport.Buffers.Account),
            LimitReports = new LimitReports(metrics, time, NullLogger.Instance),
            Pages = new NoPages(),
            Queues = new OutboundQueuePool(transport.Buffers),
            Transport = transport,
            Admission = new TokenAdmission(options.Auth, tokens, metrics),
            Tokens = tokens,
            Protocols = protocols,
            Metrics = metrics,
            Log = NullLogger.Instance,
        };
    }

    private sealed class NoPages : IHttpPages
    {
        public PlainMatch Select(PlainRequest request) => PlainMatch.Refuse(Refusal.NotFound);
    }
}
