namespace Gateway.Admin;

/// <summary>
/// Takes no body but JSON: the other types that a page may post to another site without asking are refused, and so are slips of the
/// pen such as curl's form encoding.
/// </summary>
internal sealed class JsonOnly(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var given = string.IsNullOrEmpty(request.ContentType) ? "without a Content-Type" : request.ContentType;
        var hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0 || !string.IsNullOrEmpty(request.ContentType);
        return HttpMethods.IsPost(request.Method) && hasBody && !request.HasJsonContentType()
            ? Problem.WriteAsync(context, 415, $"The body must be application/json, not {given}.")
            : next(context);
    }
}
