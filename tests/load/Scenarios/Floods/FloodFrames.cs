using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Hostile;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>What an attacker sends: once, and then without end.</summary>
/// <param name="First">When it is in.</param>
/// <param name="Then">Again and again.</param>
/// <param name="Count">Frames in that.</param>
internal sealed record FloodFrames(byte[] First, byte[] Then, int Count)
{
    private const int Batch = 1024;
    private const int MessageBytes = 1024 * 1024 - 64; // of 1 MiB that a message may have by default

    /// <summary>What lets it in.</summary>
    public byte[] Request { get; private init; } = UpgradeExchange.Request("/");

    public static FloodFrames Pings { get; } = new([], Many(Opcode.Ping, fin: true, []), Batch);

    /// <summary>A message of a byte a frame.</summary>
    public static FloodFrames TinyFragments { get; } = new(HostileFrame.Of(Opcode.Text, fin: false, "a"u8), Many(Opcode.Continuation, fin: false, "a"u8), Batch);

    /// <summary>A message of nothing, in ever more frames.</summary>
    public static FloodFrames EmptyFragments { get; } = new(HostileFrame.Of(Opcode.Text, fin: false, []), Many(Opcode.Continuation, fin: false, []), Batch);

    /// <summary>Pings of two kilobytes, each a megabyte of small fields when it is decompressed.</summary>
    public static FloodFrames CostlyMessages { get; } = new([], CompressedMessage.Costly(MessageBytes), 1) { Request = UpgradeExchange.Request("/", UpgradeExchange.OfferDeflate) };

    private static byte[] Many(Opcode opcode, bool fin, ReadOnlySpan<byte> payload)
    {
        var frame = HostileFrame.Of(opcode, fin, payload);
        return [.. Enumerable.Repeat(frame, Batch).SelectMany(bytes => bytes)];
    }
}
