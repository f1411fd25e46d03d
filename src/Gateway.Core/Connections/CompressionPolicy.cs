using Gateway.Core.Buffers;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Options;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>What the node agrees to when a client offers compression, and the compressors of all its connections.</summary>
internal sealed class CompressionPolicy
{
    // Both are rented for one call: as many as there are threads, and some.
    private static readonly int Retained = 2 * Environment.ProcessorCount;

    private readonly CompressionOptions _options;
    private readonly BufferPool _buffers;
    private readonly GatewayMetrics _metrics;
    private readonly MessageReaderSettings _sharedReader;
    private readonly CountedPool<MessageDeflater>[] _deflaters;
    private readonly SharedCompressor[] _compressors;
    private readonly Compression[] _shared;

    public CompressionPolicy(CompressionOptions options, MessageReaderSettings plain, GatewayMetrics metrics)
    {
        (_options, _buffers, _metrics) = (options, plain.Buffers, metrics);
        Inflaters = new CountedPool<MessageInflater>(static () => new MessageInflater(Zlib.MaxWindowBits, keepsHistory: false), Retained, MessageInflater.SizeOf(Zlib.MaxWindowBits, keepsHistory: false));
        _sharedReader = new MessageReaderSettings(plain.MaxMessageBytes, plain.Buffers, new SharedInflaters(Inflaters, metrics.CompressionReceived));

        // Two windows for all: the node's own, and the smallest, which is right for every client that wants less. One for each of the
        // seven sizes would be compressed seven times a broadcast.
        int[] windows = [options.WindowBits, Zlib.MinWindowBits];
        _deflaters = [.. windows.Select(bits => new CountedPool<MessageDeflater>(() => new MessageDeflater(bits, options.Level), Retained, MessageDeflater.SizeOf(bits)))];
        _compressors = [.. _deflaters.Select((pool, i) => new SharedCompressor(i, options.MinimumBytes, pool, _buffers, metrics.CompressionSent))];
        _shared = [.. _compressors.Select(compressor => new Compression(compressor, null, _sharedReader, null))];
    }

    /// <summary>The rented compressors.</summary>
    public long RentedDeflaters => _deflaters.Sum(pool => pool.Rented);

    /// <summary>The compressors that wait to be used again.</summary>
    public IReadOnlyList<IKeepsMemory> KeptDeflaters => _deflaters;

    /// <summary>The decompressors of connections without context takeover.</summary>
    public CountedPool<MessageInflater> Inflaters { get; }

    /// <summary>Answers what a client offers.</summary>
    /// <param name="request">Its request.</param>
    /// <param name="response">The response's Sec-WebSocket-Extensions; null: none.</param>
    /// <returns>Null: its messages are not compressed.</returns>
    public Compression? Negotiate(UpgradeRequest request, out string? response)
    {
        var agreement = _options.Mode == CompressionMode.Off
            ? null
            : DeflateAgreement.Negotiate(request.Offers, _options.Mode == CompressionMode.Dedicated, _options.WindowBits);
        response = agreement?.Response;
        return agreement is null ? null : Create(agreement);
    }

    private Compression Create(DeflateAgreement agreement)
    {
        var index = agreement.ServerWindowBits >= _options.WindowBits ? 0 : 1;
        if (agreement.ServerNoContextTakeover && agreement.ClientNoContextTakeover)
            return _shared[index];

        var inflater = agreement.ClientNoContextTakeover
            ? null
            : new DedicatedInflater(Math.Max(Zlib.MinWindowBits, agreement.ClientWindowBits), _buffers.Account, _metrics.CompressionReceived);
        var reader = inflater is null ? _sharedReader : new MessageReaderSettings(_sharedReader.MaxMessageBytes, _buffers, inflater);
        return agreement.ServerNoContextTakeover
            ? new Compression(_compressors[index], null, reader, inflater)
            : new Compression(null, Dedicated(agreement.ServerWindowBits), reader, inflater);
    }

    private DedicatedCompressor Dedicated(int windowBits) =>
        new(windowBits, _options.Level, _options.MinimumBytes, _buffers, _metrics.CompressionSent);
}
