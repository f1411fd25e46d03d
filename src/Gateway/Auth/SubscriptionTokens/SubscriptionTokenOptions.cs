using System.ComponentModel;
using System.Text;
using Gateway.Configuration;
using Gateway.Core.Options;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Auth.SubscriptionTokens;

/// <summary>The key of the tokens with which a backend lets a client subscribe to a channel.</summary>
public sealed class SubscriptionTokenOptions
{
    /// <summary>RFC 7518 §3.2: as long as HS256's hash.</summary>
    public const int MinKeyBytes = 32;

    [Description("Key of subscription tokens, at least 32 bytes of text: HS256, HS384 or HS512. A rule with Subscribe 'token' needs it, or the file.")]
    [HmacKey]
    [Secret]
    public string HmacKey { get; set; } = "";

    [Description("File that holds that key instead, as text; a line's end behind it is left out.")]
    [ExistingFile]
    public string HmacKeyPath { get; set; } = "";

    /// <summary>Whether there is a key.</summary>
    internal bool IsEnabled => HmacKey.Length > 0 || HmacKeyPath.Length > 0;

    /// <summary>The key's bytes.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal byte[] ReadKey() => HmacKey.Length > 0
        ? Encoding.UTF8.GetBytes(HmacKey)
        : Encoding.UTF8.GetBytes(File.ReadAllText(HmacKeyPath).TrimEnd('\r', '\n'));
}
