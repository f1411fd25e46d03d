using System.Net;
using Gateway.Core.Buffers;
using Gateway.Core.Transport;

namespace Gateway.Benchmarks;

/// <summary>Bytes that transports took, over all of them.</summary>
internal sealed class SentBytes
{
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    public void Add(int bytes) => Interlocked.Add(ref _total, bytes);
}

/// <summary>A transport that takes everything at once and only counts it.</summary>
internal sealed class CountingTransport(SentBytes sent) : ITransport
{
    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public long UnconsumedBytes => 0;

    public KernelState? ReadKernelState() => null;

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        sent.Add(bytes.Length);
        return bytes.Length;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner) =>
        throw new NotSupportedException("Nothing is ever left over.");

    public void Resume()
    {
    }

    public void Shutdown()
    {
    }

    public void Abort()
    {
    }
}
