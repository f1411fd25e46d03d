using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Gateway.Core.Channels;

/// <summary>
/// A channel's name: 1 to 255 bytes of UTF-8 without control characters, spaces and commas. What precedes the first <c>:</c>
/// is its namespace. Kept as text and as bytes, since both sides of the gateway speak UTF-8.
/// </summary>
public sealed class ChannelName : IEquatable<ChannelName>
{
    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    private readonly byte[] _utf8;
    private readonly int _hash;

    private ChannelName(string text, byte[] utf8)
    {
        Text = text;
        _utf8 = utf8;
        _hash = ChannelNameComparer.Hash(utf8);
    }

    /// <summary>The name as text.</summary>
    public string Text { get; }

    /// <summary>The name as UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The name as UTF-8, for asynchronous use.</summary>
    public ReadOnlyMemory<byte> Utf8Memory => _utf8;

    /// <summary>What precedes the first <c>:</c>; empty when there is none.</summary>
    public ReadOnlySpan<char> Namespace
    {
        get
        {
            var colon = Text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? default : Text.AsSpan(0, colon);
        }
    }

    /// <summary>Makes a name of text; false when it breaks a rule of channel names.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChannelName? name)
    {
        name = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxBytes)
            return false;
        byte[] utf8;
        try
        {
            utf8 = StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return false; // a lone surrogate
        }

        if (!IsValid(utf8))
            return false;
        name = new ChannelName(text, utf8);
        return true;
    }

    /// <summary>Makes a name of UTF-8 bytes; false when they break a rule of channel names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ChannelName? name)
    {
        name = IsValid(utf8) ? new ChannelName(Encoding.UTF8.GetString(utf8), utf8.ToArray()) : null;
        return name is not null;
    }

    /// <summary>Makes a name of text that is known to be one.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static ChannelName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a channel name.");

    /// <inheritdoc/>
    public bool Equals(ChannelName? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Utf8.SequenceEqual(other._utf8));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ChannelName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxBytes || !System.Text.Unicode.Utf8.IsValid(utf8))
            return false;
        // C0 controls, space, comma and DEL are single bytes in UTF-8; C1 controls are C2 80 to C2 9F.
        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] is <= 0x20 or (byte)',' or 0x7F)
                return false;
            if (utf8[i] == 0xC2 && utf8[i + 1] <= 0x9F)
                return false;
        }

        return true;
    }
}
