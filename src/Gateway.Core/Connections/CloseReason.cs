using Gateway.Core.Framing;

namespace Gateway.Core.Connections;

/// <summary>
/// The table of endings. One row feeds the close frame, the log and the metric; a client protocol with codes of its own maps from it.
/// </summary>
internal sealed class CloseReason
{
    public static readonly CloseReason Normal = new(CloseCode.Normal, "normal", "normal", comeBack: false);
    public static readonly CloseReason Moved = new(CloseCode.GoingAway, "moved to another node", "moved", comeBack: true);
    public static readonly CloseReason UnsupportedData = new(CloseCode.UnsupportedData, "this endpoint takes no messages of this kind", "unsupported_data", comeBack: false, isMistake: true);
    public static readonly CloseReason TooManyControlFrames = new(CloseCode.PolicyViolation, "more pings than their answers can be taken", "policy_violation", comeBack: false, isMistake: true);
    public static readonly CloseReason InternalError = new(CloseCode.InternalError, "internal error", "internal_error", comeBack: true);
    public static readonly CloseReason ServiceRestart = new(CloseCode.ServiceRestart, "service restart", "service_restart", comeBack: true);
    public static readonly CloseReason TryAgainLater = new(CloseCode.TryAgainLater, "unavailable for the moment, try again later", "try_again_later", comeBack: true);
    public static readonly CloseReason BadRequest = new((CloseCode)4400, "bad request", "bad_request", comeBack: false);
    public static readonly CloseReason Unauthorized = new((CloseCode)4401, "token revoked", "unauthorized", comeBack: true);
    public static readonly CloseReason Disconnected = new((CloseCode)4403, "disconnected by the operator", "disconnected", comeBack: false);
    public static readonly CloseReason Forbidden = new((CloseCode)4403, "the rules no longer allow this channel", "forbidden", comeBack: false);
    public static readonly CloseReason HeartbeatTimeout = new((CloseCode)4408, "heartbeat timeout", "heartbeat_timeout", comeBack: true);
    public static readonly CloseReason MessageTimeout = new((CloseCode)4410, "message not complete in time", "message_timeout", comeBack: true, isMistake: true);
    public static readonly CloseReason RateLimit = new((CloseCode)4429, "more than the rate limit allows", "rate_limit", comeBack: true, isMistake: true);
    public static readonly CloseReason TokenExpired = new((CloseCode)4409, "token expired", "token_expired", comeBack: true);
    public static readonly CloseReason SlowConsumer = new((CloseCode)4413, "slow consumer", "slow_consumer", comeBack: true, dropsQueue: true);

    // Endings without a close frame of ours.
    public static readonly CloseReason ClosedByClient = new(CloseCode.NoStatus, "closed by the client", "client", comeBack: false);
    public static readonly CloseReason ConnectionLost = new(CloseCode.Abnormal, "connection lost", "connection_lost", comeBack: true, dropsQueue: true);
    public static readonly CloseReason NoRequest = new(CloseCode.Abnormal, "gone before its request was complete", "no_request", comeBack: true, dropsQueue: true);
    public static readonly CloseReason Probed = new(CloseCode.NoStatus, "answered a probe", "health", comeBack: false, isFailure: true);
    public static readonly CloseReason Refused = new(CloseCode.NoStatus, "refused in the handshake", "refused", comeBack: false, isFailure: true);
    /// <summary>The frame is that of <see cref="Handshake.RefusalClose"/>; the client's is waited for, or browsers would call the end an unclean one and keep the reason.</summary>
    public static readonly CloseReason RefusedByClose = new(CloseCode.NoStatus, "refused in the handshake", "refused", comeBack: false, isMistake: true);
    public static readonly CloseReason Answered = new(CloseCode.NoStatus, "answered with a page", "page", comeBack: false, isFailure: true);

    private static readonly CloseReason[] Protocol =
        [.. Enum.GetValues<ProtocolError>().Select(error => new CloseReason(error.Code(), error.Text(), Label(error.Code()), comeBack: error == ProtocolError.NoRoom, isFailure: true))];

    private CloseReason(CloseCode code, string text, string label, bool comeBack, bool isFailure = false, bool isMistake = false, bool dropsQueue = false)
    {
        (Code, Text, MetricLabel, ComeBack, IsFailure, IsMistake, DropsQueue) = (code, text, label, comeBack, isFailure, isMistake, dropsQueue);
        Frame = OutboundFrame.Close(code, text).Keep();
    }

    public CloseCode Code { get; }

    /// <summary>The close frame's reason, at most 123 bytes.</summary>
    public string Text { get; }

    public string MetricLabel { get; }

    /// <summary>Whether a client should connect again.</summary>
    public bool ComeBack { get; }

    /// <summary>
    /// "Fail the WebSocket connection", RFC 6455 §7.1.7: nothing more the peer sends is looked at, not even its close frame.
    /// </summary>
    public bool IsFailure { get; }

    /// <summary>
    /// The client has sent what it may not, in a request or in frames that can be read: its close frame is waited for, so that a browser calls the end clean.
    /// What it sends instead of one shortens the wait.
    /// </summary>
    public bool IsMistake { get; }

    /// <summary>What waits for the client is dropped: it does not read, or is gone.</summary>
    public bool DropsQueue { get; }

    /// <summary>The close frame of gateway.v1 and plain mode, encoded once.</summary>
    public OutboundFrame Frame { get; }

    public static CloseReason Of(ProtocolError error) => Protocol[(int)error];

    public override string ToString() => $"{(int)Code} {Text}";

    private static string Label(CloseCode code) => code switch
    {
        CloseCode.InvalidData => "invalid_data",
        CloseCode.MessageTooBig => "message_too_big",
        CloseCode.PolicyViolation => "policy_violation",
        CloseCode.TryAgainLater => "try_again_later",
        _ => "protocol_error",
    };
}
