using System.Net;
using System.Net.Sockets;
using Gateway.Core.Buffers;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Connections;

/// <summary>
/// A stream without a socket that keeps the transport's contract: what it takes at once, what it lets wait and when it breaks is the
/// test's choice. It notes every breach of the contract by the connection.
/// </summary>
internal sealed class ScriptedTransport(TransportContext? context = null) : ITransport
{
    private readonly Lock _gate = new();
    private readonly List<byte> _sent = [];
    private readonly List<string> _faults = [];
    private int _sending;
    private bool _isPending;
    private bool _isAborted;

    public ITransportHandler Handler { get; set; } = null!;

    /// <summary>How many of so many bytes are taken at once; -1: the stream breaks. Null: all.</summary>
    public Func<int, int>? Takes { get; set; }

    /// <summary>Whether a remainder waits for <see cref="CompleteSend"/>; else it is sent at once, now or by another thread.</summary>
    public Func<Remainder>? Remainders { get; set; }

    public int Resumes { get; private set; }

    public int Shutdowns { get; private set; }

    public bool IsAborted => Volatile.Read(ref _isAborted);

    public bool IsPending => Volatile.Read(ref _isPending);

    public EndPoint? RemoteEndPoint => null;

    public EndPoint? LocalEndPoint => null;

    public byte[] Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    public string SentText => System.Text.Encoding.Latin1.GetString(Sent);

    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    private (ReadOnlyMemory<byte> Bytes, BlockPool.Block? Owner) Waiting { get; set; }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (IsAborted)
            return -1;
        Enter();
        var taken = Takes?.Invoke(bytes.Length) ?? bytes.Length;
        if (taken >= 0)
            Keep(bytes[..taken]);
        Leave();
        if (taken < 0)
            Abort();
        return taken;
    }

    public bool SendRemainder(ReadOnlyMemory<byte> bytes, BlockPool.Block? owner)
    {
        if (IsAborted)
        {
            owner?.Return();
            return true;
        }

        Enter();
        switch (Remainders?.Invoke() ?? Remainder.Waits)
        {
            case Remainder.SentAtOnce:
                Keep(bytes.Span);
                owner?.Return();
                Leave();
                return false;
            case Remainder.SentByAnotherThread:
                Waiting = (bytes, owner);
                Volatile.Write(ref _isPending, true);
                Leave();
                ThreadPool.UnsafeQueueUserWorkItem(static transport => transport.CompleteSend(), this, preferLocal: false);
                return true;
            default:
                Waiting = (bytes, owner);
                Volatile.Write(ref _isPending, true);
                Leave();
                return true;
        }
    }

    /// <summary>The peer takes what waits.</summary>
    public void CompleteSend()
    {
        var (bytes, owner) = Waiting;
        Waiting = default;
        Keep(bytes.Span);
        owner?.Return();
        Volatile.Write(ref _isPending, false);
        Handler.OnSent();
    }

    public void Resume()
    {
        lock (_gate)
            Resumes++;
    }

    public void Shutdown()
    {
        lock (_gate)
            Shutdowns++;
    }

    public void Abort()
    {
        if (Interlocked.Exchange(ref _isAborted, true))
            return;
        if (IsPending)
            Waiting.Owner?.Return();
        Handler.OnClosed(SocketError.Success);
    }

    /// <summary>Bytes from the client.</summary>
    public ReceiveResult Receive(ReadOnlySpan<byte> bytes) => Handler.OnReceived(bytes.ToArray());

    private void Enter()
    {
        if (Interlocked.Exchange(ref _sending, 1) != 0)
            Fault("Two threads send at once.");
        if (IsPending)
            Fault("A send beside a pending one.");
        _ = context;
    }

    private void Leave() => Volatile.Write(ref _sending, 0);

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
            _sent.AddRange(bytes);
    }

    private void Fault(string fault)
    {
        lock (_gate)
            _faults.Add(fault);
    }
}

/// <summary>What becomes of a remainder.</summary>
internal enum Remainder
{
    Waits,
    SentAtOnce,
    SentByAnotherThread,
}
