using Gateway.Core.Framing;

namespace Gateway.Fuzz.Deflate;

/// <summary>What stands before an input's frames: one byte, for what was agreed to and the limit.</summary>
internal readonly record struct DeflateSettings(byte Choice)
{
    // The first is less than the first buffer, the third more than a window.
    private static readonly int[] Limits = [700, 4096, 40_000, 4096];

    public bool WithTakeover => (Choice & 1) != 0;

    /// <summary>Without takeover the inflaters are shared, and have the largest.</summary>
    public int WindowBits => WithTakeover ? Zlib.MinWindowBits + (((Choice >> 1) & 7) % 7) : Zlib.MaxWindowBits;

    public int Window => 1 << WindowBits;

    public int MaxMessageBytes => Limits[(Choice >> 4) & 3];

    /// <summary>As <see cref="MessageReaderSettings"/> has it.</summary>
    public int MaxCompressedBytes => Math.Max(1024, 8 * MaxMessageBytes);
}
