using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Admin;

/// <summary>An error as RFC 9457 problem details. The type stays <c>about:blank</c>: the status says what kind it is (§4.2.1).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Detail">What was wrong with this request.</param>
/// <param name="Outcome">For an operation the broker did not confirm: <c>not_done</c>, or <c>unknown</c> when it may have happened.</param>
internal sealed record Problem(int Status, string Title, string? Detail, string? Outcome = null)
{
    public const string ContentType = "application/problem+json";

    /// <summary>Always <c>about:blank</c>.</summary>
    public string Type { get; init; } = "about:blank";

    public static Problem Of(int status, string? detail = null, string? outcome = null) =>
        new(status, ReasonPhrases.GetReasonPhrase(status), detail, outcome);

    /// <summary>The problem as a handler's result.</summary>
    public static IResult Result(int status, string detail, string? outcome = null) =>
        JsonAnswer.Of(Of(status, detail, outcome), status, ContentType);

    /// <summary>Writes the problem where there is no handler.</summary>
    public static Task WriteAsync(HttpContext context, int status, string? detail) =>
        JsonAnswer.Of(Of(status, detail), status, ContentType).ExecuteAsync(context);
}
