namespace Gateway.Core.Channels;

/// <summary>Compares channel names, and names with the bare UTF-8 of a broker's message, so that a look-up allocates nothing.</summary>
public sealed class ChannelNameComparer : IEqualityComparer<ChannelName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, ChannelName>
{
    /// <summary>The one comparer.</summary>
    public static ChannelNameComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(ChannelName? x, ChannelName? y) => x is null ? y is null : x.Equals(y);

    /// <inheritdoc/>
    public int GetHashCode(ChannelName obj) => obj.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, ChannelName other) => other.Utf8.SequenceEqual(alternate);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    /// <inheritdoc/>
    public ChannelName Create(ReadOnlySpan<byte> alternate) =>
        ChannelName.TryParse(alternate, out var name) ? name : throw new FormatException("These bytes are not a channel name.");

    internal static int Hash(ReadOnlySpan<byte> utf8)
    {
        // HashCode is seeded per process: a peer cannot choose names that collide.
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }
}
