using System.Net;
using Gateway.Core.Telemetry;

namespace Gateway.Admin;

/// <summary>
/// One line in the log for every action that an operator takes, with who, what and the outcome, and one now and then for those who were not
/// let in. Reading is no action, and publishing is counted instead: there may be thousands a second.
/// </summary>
internal sealed partial class Audit(RequestDelegate next, TimeProvider time, ILogger<Audit> log)
{
    private readonly Rarely _mayLogRefusal = new(time, TimeSpan.FromSeconds(10));

    public async Task InvokeAsync(HttpContext context)
    {
        // Before the answer leaves, so that whoever has it finds the line; and behind, for those who went without waiting for it.
        var isTold = false;
        context.Response.OnStarting(() =>
        {
            Tell();
            return Task.CompletedTask;
        });
        await next(context);
        Tell();

        void Tell()
        {
            if (!isTold)
                Log(context);
            isTold = true;
        }
    }

    private void Log(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden)
        {
            if (_mayLogRefusal.Now())
                LogRefused(context.Request.Method, PathOf(context), WhoIn(context), RemoteOf(context), status);
        }
        else if (IsAction(context))
        {
            LogAction(context.Request.Method, PathOf(context), WhoIn(context), RemoteOf(context), status);
        }
    }

    /// <summary>Whose key a request carries; for <see cref="AdminAccess"/>.</summary>
    public static void SetWho(HttpContext context, AdminKey key) => context.Items[typeof(Audit)] = key.ToString();

    private static string WhoIn(HttpContext context) => context.Items[typeof(Audit)] as string ?? "no key";

    private static bool IsAction(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
        && !HttpMethods.IsGet(context.Request.Method)
        && endpoint.Metadata.GetMetadata<NoAction>() is null;

    // As it was sent, so encoded: a line break in a name must not begin a line in the log, and two names must not look alike.
    private static string PathOf(HttpContext context) => PathNames.Sent(context);

    private static IPAddress? RemoteOf(HttpContext context) => context.Connection.RemoteIpAddress;

    [LoggerMessage(3110, LogLevel.Information, "Admin action: {Method} {Path} by {Who} from {Remote}, answered {Status}.")]
    private partial void LogAction(string method, string path, string who, IPAddress? remote, int status);

    [LoggerMessage(3111, LogLevel.Warning, "Admin request refused: {Method} {Path} by {Who} from {Remote}, answered {Status}. This line comes at most every 10 s.")]
    private partial void LogRefused(string method, string path, string who, IPAddress? remote, int status);
}

/// <summary>Marks a route that changes nothing although its method is not GET, or is counted instead of logged.</summary>
internal sealed class NoAction
{
    public static readonly NoAction Instance = new();
}
