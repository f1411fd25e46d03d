using Gateway.Load.Hostile;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>They only come, and those that are let in stay.</summary>
internal class HandshakeAttackers : Attackers
{
    protected override void Attack(int client)
    {
    }
}

/// <summary>Each comes with channels of its own, as many as a client may have, in its request.</summary>
internal sealed class ChannelAttackers : HandshakeAttackers
{
    private const int Channels = 1000; // Gateway:Limits:MaxSubscriptions by default

    public override byte[] Request(int client) => UnfinishedInput.Subscriptions(Channels, $"{client:x}.");
}

/// <summary>TLS handshakes that do not go on: half with a piece of what a client says first, half with all of it.</summary>
internal sealed class HalfOpenTlsAttackers : HandshakeAttackers
{
    protected override bool StayOutside => true;

    public override byte[] Request(int client) => client % 2 == 0 ? ClientHello.Half : ClientHello.Whole;
}
