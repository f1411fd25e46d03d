using System.Text;

namespace Gateway.Fuzz;

/// <summary>Picks words of a grammar.</summary>
internal static class Words
{
    public static T One<T>(this Random random, IReadOnlyList<T> words) => words[random.Next(words.Count)];

    /// <summary>Mostly one of the first words, which are right; sometimes any.</summary>
    public static T Mostly<T>(this Random random, int right, IReadOnlyList<T> words) => words[random.Next(random.Next(8) == 0 ? words.Count : right)];

    public static byte[] Bytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Each character a byte.</summary>
    public static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    public static IReadOnlyList<byte[]> Dictionary(params string[] words) => [.. words.Select(Latin1)];
}
