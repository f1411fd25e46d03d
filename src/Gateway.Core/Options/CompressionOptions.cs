using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Core.Options;

/// <summary>Who remembers what for compression.</summary>
public enum CompressionMode
{
    /// <summary>No message is compressed.</summary>
    Off,

    /// <summary>Each message by itself: a broadcast is compressed once, and a connection holds nothing.</summary>
    Shared,

    /// <summary>Each connection remembers its messages, where the client agrees.</summary>
    Dedicated,
}

/// <summary>permessage-deflate (RFC 7692), for clients that offer it.</summary>
public sealed class CompressionOptions
{
    [Description("off: no compression. shared: each message by itself, so that a broadcast is compressed once and idle connections hold nothing. dedicated: with each connection's history, for few clients on thin lines: up to 0.3 MB a connection, and a broadcast is compressed for each.")]
    public CompressionMode Mode { get; set; } = CompressionMode.Shared;

    [Description("1, fastest, to 9, smallest. 2 makes messages a fifth smaller than 1, and large ones in a fifth of the time of 6.")]
    [Range(1, 9)]
    public int Level { get; set; } = 2;

    [Description("Messages below it are sent uncompressed: JSON of 125 B loses a tenth, of 256 B a third, of 1 KiB more than half.")]
    [Range(0, 1024 * 1024 * 1024)]
    public int MinimumBytes { get; set; } = 256;

    [Description("Largest window, as a power of two. Below 15 it saves memory with 'dedicated' and costs compression.")]
    [Range(9, 15)]
    public int WindowBits { get; set; } = 15;
}
