using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Framing;
using Gateway.Core.Handshake;
using Gateway.Core.Telemetry;
using Gateway.Core.Transport;

namespace Gateway.Core.Connections;

internal sealed partial class Connection
{
    private static readonly Refusal RequestTimeout = new(408, "The request was not complete in time.");
    private static readonly Refusal AdmissionTimeout = new(503, "Admission was not decided in time.") { RetryAfterSeconds = 5 };
    private static readonly Refusal AdmissionFailed = new(503, "Admission failed.") { RetryAfterSeconds = 5 };
    private static readonly Refusal Restarting = new(503, "The service is restarting.") { RetryAfterSeconds = 1 };

    private RequestProgress _request; // owned by the receive chain

    private ReceiveResult ReceiveRequest(Span<byte> bytes)
    {
        switch (Upgrade.TryRead(bytes, _context.Options.Handshake, ref _request, out var request, out var plain, out var refusal, out var consumed))
        {
            case HandshakeStatus.NeedMore:
                return new ReceiveResult(0, ReceiveAction.Continue);
            case HandshakeStatus.Plain:
                return Answer(plain!, bytes.Length);
            case HandshakeStatus.Refused:
                return Refuse(refusal!, bytes.Length);
        }

        // The peer's address is a system call: asked for only where it matters.
        if (_context.Forwarding.IsUsed)
            _client = _context.Forwarding.Find(request!, _transport.RemoteEndPoint);
        var match = _context.Protocols.Select(request!);
        var verdict = new Admission(ClientIdentity.Anonymous, match.Refusal ?? JudgeHandshake());
        if (verdict.Refusal is null && match.Handler!.NeedsAdmission)
        {
            var admission = AdmitAsync(request!, match);
            if (!admission.IsCompletedSuccessfully)
                return AwaitAdmission(admission, request!, match, consumed);
            verdict = admission.Result;
        }

        Decide(verdict, request!, match);
        // Frames may follow the request in the same segment.
        if (_state == ConnectionState.Open)
            return ReceiveFrames(bytes, consumed);
        // It has been closed already; the peer will answer that.
        var closing = ReceiveClosing(bytes[consumed..]);
        return closing with { Consumed = consumed + closing.Consumed };
    }

    private ReceiveResult AwaitAdmission(ValueTask<Admission> admission, UpgradeRequest request, ProtocolMatch match, int consumed)
    {
        lock (this)
        {
            if (_state == ConnectionState.Handshaking)
                _state = ConnectionState.Admitting;
        }

        // As text it takes twice as much as it took on the wire.
        if (TryCountWaiting(2 * consumed))
            _ = FinishAdmissionAsync(admission, request, match, 2 * consumed);
        else
            OnShort();
        return new ReceiveResult(consumed, ReceiveAction.Pause);
    }

    private async Task FinishAdmissionAsync(ValueTask<Admission> admission, UpgradeRequest request, ProtocolMatch match, int kept)
    {
        Admission verdict;
        try
        {
            // Hops to the pool: the continuation of host I/O may arrive on the socket engine's own thread.
            verdict = await admission.AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
#pragma warning disable CA1031 // Whatever admission throws, this client gets an answer and the node lives on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _context.Faults.Report(Id, e, static (log, id, fault) => Log.AdmissionFailed(log, id.ToString(), fault));
            verdict = new Admission(null, AdmissionFailed);
        }

        UncountWaiting(kept);
        try
        {
            Decide(verdict, request, match);
        }
#pragma warning disable CA1031 // A fault of ours ends this connection.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnFault(e);
            Close(CloseReason.InternalError);
        }

        Flush();
        _transport.Resume();
    }

    private void Decide(in Admission verdict, UpgradeRequest request, in ProtocolMatch match)
    {
        if (verdict.Refusal is { } refusal)
            Refuse(refusal, request, match.Subprotocol);
        else
            Open(request, match, verdict.Identity!);
    }

    private void Open(UpgradeRequest request, in ProtocolMatch match, ClientIdentity identity)
    {
        var compression = _context.Compression.Negotiate(request, out var extensions);
        if (!Memory.TryHold(identity.Bytes))
        {
            Refuse(ShortOfMemory(), 0);
            return;
        }

        bool isEnding, hasPlace;
        lock (this)
        {
            isEnding = _state is not (ConnectionState.Handshaking or ConnectionState.Admitting);
            hasPlace = !isEnding && TryEnterIndex(identity);
            if (hasPlace)
            {
                Protocol = match.Handler;
                ProtocolState = match.State;
                Identity = identity;
                // In the lane of the control frames, or the pong of a ping in the request's segment would overtake it.
                Queue().AddControl(OutboundFrame.Raw(UpgradeResponse.Accept(request, match.Subprotocol, extensions)));
                Compression = compression;
                _state = ConnectionState.Open;
            }
        }

        if (!hasPlace)
            Memory.LetGo(identity.Bytes);
        if (isEnding)
            return;
        if (!hasPlace)
        {
            Refuse(RefusalFor(Limit.UserConnections, 429, "This user has as many connections as it may have."), request, match.Subprotocol);
            return;
        }

        // Revoked between the verdict and now: whoever revoked may have looked into the index before it stood there.
        if (identity.IsAuthenticated)
            CloseIfRevoked();
        _context.Metrics.Handshakes.Add(1, new KeyValuePair<string, object?>("result", "accepted"));
        _context.Registry.CountArrival();
        Protocol!.OnOpen(this);
    }

    private ReceiveResult Answer(PlainRequest request, int consumed)
    {
        var match = _context.Pages.Select(request);
        if (match.Page is null)
            return Refuse(match.Refusal! with { OmitsBody = request.IsHead }, consumed);
        End(UpgradeResponse.Page(match.Page, request.IsHead, _context.Time.GetUtcNow()), match.Label == "health" ? CloseReason.Probed : CloseReason.Answered, match.Label!);
        return new ReceiveResult(consumed, ReceiveAction.Discard);
    }

    /// <summary>Answers with an HTTP error and ends, unless the connection has got further meanwhile.</summary>
    private ReceiveResult Refuse(Refusal refusal, int consumed)
    {
        if (End(UpgradeResponse.Refuse(refusal, _context.Time.GetUtcNow()), CloseReason.Refused, ResultLabel(refusal.Status)))
            LogRefusal(refusal);
        return new ReceiveResult(consumed, ReceiveAction.Discard);
    }

    /// <summary>The same, of a whole request: by a WebSocket that closes at once, where the client asks for that.</summary>
    private void Refuse(Refusal refusal, UpgradeRequest request, string? subprotocol)
    {
        if (!_context.Options.Handshake.CloseRefused || RefusalClose.For(refusal, request) is not { } frame)
            Refuse(refusal, 0);
        else if (End(UpgradeResponse.Accept(request, subprotocol ?? RefusalClose.Subprotocol, null), CloseReason.RefusedByClose, ResultLabel(refusal.Status), frame))
            LogRefusal(refusal);
    }

    private void LogRefusal(Refusal refusal) =>
        Log.HandshakeRefused(_context.Log, Id.ToString(), IpText.Format(RemoteEndPoint), refusal.Status, refusal.Reason);

    /// <summary>False: the connection has got further, or is ending already.</summary>
    private bool End(byte[] response, CloseReason reason, string result, OutboundFrame? close = null)
    {
        lock (this)
        {
            if (_state is not (ConnectionState.Handshaking or ConnectionState.Admitting))
                return false;
            Queue().Add(OutboundFrame.Raw(response));
            if (close is { } frame)
                Queue().Add(frame);
            BeginClosing(reason);
        }

        _context.Metrics.Handshakes.Add(1, new KeyValuePair<string, object?>("result", result));
        return true;
    }

    private void OnHandshakeOverdue()
    {
        bool isAdmitting;
        lock (this)
        {
            // The verdict may come at this moment and open the connection: a pause is ended once, by the one that decides.
            isAdmitting = _state == ConnectionState.Admitting;
            Refuse(isAdmitting ? AdmissionTimeout : RequestTimeout, 0);
        }

        Flush();
        if (isAdmitting)
            _transport.Resume(); // to read the peer to its end; the verdict, should it still come, is not looked at
    }

    private static string ResultLabel(int status) => status switch
    {
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        405 => "405",
        408 => "408",
        414 => "414",
        421 => "421",
        426 => "426",
        429 => "429",
        431 => "431",
        503 => "503",
        _ => "other",
    };
}
