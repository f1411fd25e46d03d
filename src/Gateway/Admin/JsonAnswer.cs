using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Admin;

/// <summary>
/// An answer in JSON that is made whole before its first byte leaves. So it says how long it is, for scripts that read no chunks and proxies that
/// would have to put them together; and what cannot be made is a 500, not half an answer. All answers are of bounded lists.
/// </summary>
internal sealed class JsonAnswer(byte[] json, int status, string contentType) : IResult
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>The value in the form that <see cref="AdminJson"/> knows.</summary>
    public static IResult Of<T>(T value, int status = StatusCodes.Status200OK, string contentType = Json) =>
        new JsonAnswer(JsonSerializer.SerializeToUtf8Bytes(value, (JsonTypeInfo<T>)AdminJson.Default.GetTypeInfo(typeof(T))!), status, contentType);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, contentType, json.Length);
        return response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
