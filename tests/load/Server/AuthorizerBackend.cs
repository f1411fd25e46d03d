using System.Net;
using System.Text;
using System.Text.Json;

namespace Gateway.Load.Server;

/// <summary>A healthy backend that the node asks who may: it takes a while for each answer, and allows the channels that say so.</summary>
internal sealed class AuthorizerBackend : IDisposable
{
    /// <summary>Prefix of the channels that it is asked about.</summary>
    public const string Asked = "asked:";

    /// <summary>Prefix of those that it allows.</summary>
    public const string Allowed = Asked + "open-";

    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(100);

    private readonly HttpListener _listener = new();
    private long _answers;

    public AuthorizerBackend()
    {
        Uri = $"http://{FreeEndPoint.On(IPAddress.Loopback)}/";
        _listener.Prefixes.Add(Uri);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Uri { get; }

    /// <summary>Questions that it has answered.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var question = await JsonDocument.ParseAsync(context.Request.InputStream);
            await Task.Delay(Takes);
            var channel = question.RootElement.GetProperty("channel").GetString()!;
            var answer = Encoding.UTF8.GetBytes($$"""{"allow":{{(channel.StartsWith(Allowed, StringComparison.Ordinal) ? "true" : "false")}}}""");
            context.Response.ContentType = "application/json";
            context.Response.ContentLength64 = answer.Length;
            Interlocked.Increment(ref _answers); // before whoever asked has it
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or JsonException)
        {
            // The node has hung up.
        }
    }
}
