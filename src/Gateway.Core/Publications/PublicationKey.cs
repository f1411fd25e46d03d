using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Gateway.Core.Publications;

/// <summary>What a publication is about, where only the newest about it counts.</summary>
public static class PublicationKey
{
    /// <summary>Longest key, in bytes of UTF-8; as channels' names.</summary>
    public const int MaxBytes = 255;

    /// <summary>Whether a publisher may give it: 1 to 255 bytes of UTF-8.</summary>
    public static bool IsValid([NotNullWhen(true)] string? key) => key is { Length: > 0 and <= MaxBytes } && Encoding.UTF8.GetByteCount(key) <= MaxBytes;

    /// <summary>Null: it is none that a publisher may give, and as good as none.</summary>
    internal static string? Of(ReadOnlySpan<byte> utf8) => utf8.Length is > 0 and <= MaxBytes && Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
}
