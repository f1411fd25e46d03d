namespace Gateway.Admin;

/// <summary>
/// Answers <c>HEAD</c> as <c>GET</c>, wherever there is one (RFC 9110 §9.1: every server supports both). Uptime monitors and <c>curl -I</c> ask
/// so. Kestrel knows what the client has asked, and sends the head alone.
/// </summary>
internal sealed class HeadAsGet(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsHead(context.Request.Method))
            context.Request.Method = HttpMethods.Get;
        return next(context);
    }
}
