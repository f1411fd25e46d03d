namespace Gateway.Configuration;

/// <summary>
/// Whether a secret could be guessed. Nothing can tell by looking whether a text was drawn by chance; what is told here is what certainly was
/// not: a few characters over and over, and the words that stand in examples until somebody replaces them. The measure is how many different
/// pairs of neighbours a text has, where such a word counts as one character. Sixteen bytes by chance have 31 pairs in hex and 21 in base64,
/// nearly all of them different: that as few as <see cref="LeastPairs"/> are is less likely than to guess the key.
/// </summary>
internal static class SecretStrength
{
    /// <summary>12 bytes in base64, 96 bits. A shorter text of chance could be tried through, or was not meant as one.</summary>
    public const int LeastLength = 16;

    /// <summary>Different pairs of neighbours.</summary>
    public const int LeastPairs = 12;

    /// <summary>Stands for a word: no text of a secret holds it.</summary>
    private const char Word = '\uE000';

    private const int ShortestWord = 4; // demo, hmac, your

    private const int LongestWord = 13; // administrator

    private static readonly HashSet<string> Words = new(
        [
            "admin", "administrator", "apikey", "bearer", "change", "change-me", "change_me", "changeit", "changeme", "credential", "debug", "default", "demo", "development",
            "dummy", "example", "foobar", "gateway", "hello", "hmac", "insecure", "letmein", "localhost", "master", "passphrase", "password", "passw0rd", "passwd", "placeholder",
            "please", "production", "private", "qwerty", "replace", "replace-me", "replaceme", "s3cr3t", "s3cret", "sample", "secret", "shared", "signing", "something", "supersecret",
            "testing", "tryout", "welcome", "your", "yourkey",
        ],
        StringComparer.OrdinalIgnoreCase);

    // Nearly every place of a key by chance is done with by one look.
    private static readonly HashSet<string> Beginnings = new(Words.Select(static word => word[..ShortestWord]), StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong, as the rest of a sentence that begins with the option's name; null when nothing is.</summary>
    public static string? FindFault(ReadOnlySpan<char> secret)
    {
        if (secret.Length < LeastLength)
            return $"has fewer than {LeastLength} characters, so that it could be guessed";
        return CountPairs(secret) < LeastPairs ? "is made of a few characters or well-known words over and over, so that it could be guessed" : null;
    }

    private static int CountPairs(ReadOnlySpan<char> secret)
    {
        var pairs = new HashSet<(char, char)>();
        char? before = null;
        for (var rest = secret; !rest.IsEmpty;)
        {
            var length = LengthOfWord(rest);
            var next = length > 0 ? Word : rest[0];
            if (before is { } left)
                pairs.Add((left, next));
            before = next;
            rest = rest[Math.Max(1, length)..];
        }

        return pairs.Count;
    }

    /// <summary>Of the longest word that the text begins with; 0: none.</summary>
    private static int LengthOfWord(ReadOnlySpan<char> text)
    {
        if (text.Length < ShortestWord || !Beginnings.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..ShortestWord]))
            return 0;
        var words = Words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var length = Math.Min(text.Length, LongestWord); length >= ShortestWord; length--)
        {
            if (words.Contains(text[..length]))
                return length;
        }

        return 0;
    }
}
