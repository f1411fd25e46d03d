namespace Gateway.Core.Handshake;

/// <summary>An HTTP error that answers a request.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">One line of plain text: the response's body.</param>
internal sealed record Refusal(int Status, string Reason)
{
    public static readonly Refusal NotFound = new(404, "nothing is served at this path");

    public static readonly Refusal RequestTimeout = new(408, "the request did not come in time");

    public static readonly Refusal MethodNotAllowed = new(405, "only GET and HEAD are served here, and a WebSocket begins with GET");

    public static readonly Refusal RequestLineTooLong = new(414, "the request line is longer than this server accepts");

    /// <summary>RFC 9110 §15.5.20: the request is for somebody that this server is not.</summary>
    public static readonly Refusal MisdirectedRequest = new(421, "this service is not known by the name in Host: Gateway:Auth:AllowedHosts names those that it is");

    public static readonly Refusal UpgradeRequired =
        new(426, "this is a WebSocket endpoint: Upgrade: websocket and Connection: Upgrade are required");

    public static readonly Refusal VersionNotSupported = new(426, "RFC 6455 4.2.1: Sec-WebSocket-Version must be 13");

    public static readonly Refusal HeaderTooLong = new(431, "a header line is longer than this server accepts");

    public static readonly Refusal TooManyHeaders = new(431, "the request has more header lines than this server accepts");

    public static readonly Refusal RequestTooLarge = new(431, "the request is larger than this server accepts");

    /// <summary>After how long a client should come back, for 503.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>RFC 9110 §11.6.1: how to come in, as <c>WWW-Authenticate</c>, which a 401 must have.</summary>
    public string? Challenge { get; init; }

    /// <summary>RFC 9110 §9.3.2: the response to HEAD has no content.</summary>
    public bool OmitsBody { get; init; }

    public static Refusal BadRequest(string reason) => new(400, reason);

    public static Refusal ServiceUnavailable(string reason, int retryAfterSeconds) =>
        new(503, reason) { RetryAfterSeconds = retryAfterSeconds };
}
