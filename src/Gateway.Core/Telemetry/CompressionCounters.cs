namespace Gateway.Core.Telemetry;

/// <summary>What compression made of the messages of one direction; those that travel uncompressed are not counted.</summary>
internal sealed class CompressionCounters
{
    public StripedCounter Messages { get; } = new();

    /// <summary>Bytes of their payloads.</summary>
    public StripedCounter OriginalBytes { get; } = new();

    /// <summary>Bytes of their payloads on the wire.</summary>
    public StripedCounter CompressedBytes { get; } = new();

    public void Add(int original, int compressed)
    {
        Messages.Add(1);
        OriginalBytes.Add(original);
        CompressedBytes.Add(compressed);
    }
}
