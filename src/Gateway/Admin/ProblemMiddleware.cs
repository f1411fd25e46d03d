namespace Gateway.Admin;

/// <summary>Gives every error without a body its problem details: unknown routes, wrong methods, requests that cannot be read, faults of ours.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(context, e.StatusCode, e.Message);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is left to answer
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFault(e, context.Request.Method, context.Request.Path);
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, "The node failed to answer; its log says why.");
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= 400 && response is { HasStarted: false, ContentType: null, ContentLength: null })
            await Problem.WriteAsync(context, response.StatusCode, Explain(context));
    }

    private static Task AnswerAsync(HttpContext context, int status, string detail) =>
        context.Response.HasStarted ? Task.CompletedTask : Problem.WriteAsync(context, status, detail);

    private static string? Explain(HttpContext context) => context.Response.StatusCode switch
    {
        // The only requests that are refused without a reason are those whose parameters cannot be bound.
        StatusCodes.Status400BadRequest => $"A parameter cannot be read: {context.Request.QueryString}",
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} answers to {context.Response.Headers.Allow}.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be application/json.",
        _ => null,
    };

    [LoggerMessage(3100, LogLevel.Error, "{Method} {Path} failed by a fault of the gateway itself; the caller got 500. Please report this")]
    private partial void LogFault(Exception exception, string method, string path);
}
