using Gateway.Core.Json;

namespace Gateway.Admin;

/// <summary>Reads a request's body whole, behind a byte order mark; the server's <c>MaxRequestBodySize</c> bounds it.</summary>
internal static class RequestBody
{
    /// <exception cref="BadHttpRequestException">It is larger than the server allows, or its transfer is malformed.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // A length is only a promise: memory is taken as the bytes come.
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, 64 * 1024));
        await request.Body.CopyToAsync(body, cancellationToken);
        return ByteOrderMark.Skip(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
