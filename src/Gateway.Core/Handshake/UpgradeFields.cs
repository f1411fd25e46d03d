namespace Gateway.Core.Handshake;

/// <summary>
/// What a request's header lines say that decides about an upgrade, gathered in one walk and judged by <see cref="Upgrade"/>.
/// </summary>
internal readonly ref struct UpgradeFields
{
    private readonly bool _hasLength;

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
                // RFC 9112 §6.3: two lengths, alike or not, are how requests are smuggled.
                HasBody |= _hasLength || line.Value.IsEmpty || line.Value.ContainsAnyExcept((byte)'0');
                _hasLength = true;
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

    /// <summary>A transfer encoding, several lengths, or one that is not plainly 0.</summary>
    public bool HasBody { get; }

    /// <summary>Whether anything here is about WebSockets: who sends such a thing does not want a page.</summary>
    public bool MentionsWebSocket => UpgradesToWebSocket || Versions > 0 || Keys > 0;
}
