namespace Gateway.Core.Handshake;

/// <summary>
/// What a request's header lines say that decides about an upgrade, gathered in one walk and judged by <see cref="Upgrade"/>.
/// </summary>
internal readonly ref struct UpgradeFields
{
    public UpgradeFields(RequestHead head)
    {
        foreach (var line in head)
        {
            if (line.Is("Host"u8))
            {
                Hosts++;
                Host = line.Value;
            }
            else if (line.Is("Upgrade"u8))
            {
                UpgradesToWebSocket |= HttpSyntax.ListHolds(line.Value, "websocket"u8);
            }
            else if (line.Is("Connection"u8))
            {
                ConnectionUpgrades |= HttpSyntax.ListHolds(line.Value, "upgrade"u8);
            }
            else if (line.Is("Sec-WebSocket-Version"u8))
            {
                Versions++;
                Version = line.Value;
            }
            else if (line.Is("Sec-WebSocket-Key"u8))
            {
                Keys++;
                Key = line.Value;
            }
            else if (line.Is("Transfer-Encoding"u8))
            {
                HasBody = true;
            }
            else if (line.Is("Content-Length"u8))
            {
                HasBody |= line.Value.IsEmpty || line.Value.ContainsAnyExcept((byte)'0');
            }
        }
    }

    public int Hosts { get; }

    public ReadOnlySpan<byte> Host { get; }

    public bool UpgradesToWebSocket { get; }

    public bool ConnectionUpgrades { get; }

    public int Versions { get; }

    public ReadOnlySpan<byte> Version { get; }

    public int Keys { get; }

    public ReadOnlySpan<byte> Key { get; }

    /// <summary>A transfer encoding, or a length that is not plainly 0.</summary>
    public bool HasBody { get; }
}
