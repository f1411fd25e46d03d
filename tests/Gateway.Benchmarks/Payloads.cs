using System.Text;

namespace Gateway.Benchmarks;

/// <summary>What is published.</summary>
internal static class Payloads
{
    /// <summary>A JSON object of so many bytes, of words that repeat as they do in messages.</summary>
    public static byte[] Json(int bytes)
    {
        var words = string.Concat(Enumerable.Repeat("goal by number nine, minute 42; ", 1 + (bytes / 32)));
        return Encoding.ASCII.GetBytes($$"""{"text":"{{words[..(bytes - 11)]}}"}""");
    }
}
