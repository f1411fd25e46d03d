using System.Net;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>What the process of attackers is told.</summary>
/// <param name="Target">The node's endpoint for clients.</param>
/// <param name="Proxy">The one where connections begin with a PROXY header; null: there is none.</param>
/// <param name="IsTls">Whether the first speaks TLS.</param>
/// <param name="Kinds">What is attacked with, in turn.</param>
/// <param name="Sockets">Attackers at once.</param>
/// <param name="Rate">Connections that begin in a second, at most.</param>
/// <param name="Addresses">That the attackers come from.</param>
/// <param name="Pieces">In which those send a part that take their time.</param>
internal sealed record PartSettings(IPEndPoint Target, IPEndPoint? Proxy, bool IsTls, IReadOnlyList<PartKind> Kinds, int Sockets, int Rate, int Addresses, int Pieces)
{
    /// <summary>Proxies have addresses of their own: nobody else may look like one.</summary>
    public const string Proxies = "127.0.10.0/24";

    private const byte ProxyNetwork = 10;
    private const byte ClientNetwork = 9;

    /// <summary>The kind of an attacker, by its number.</summary>
    public PartKind KindOf(int number) => Kinds[number % Kinds.Count];

    /// <summary>Where an attacker comes from; each address has attackers of every kind.</summary>
    public IPAddress SourceOf(PartKind kind, int number) =>
        new([127, 0, kind.Door == Door.Proxy ? ProxyNetwork : ClientNetwork, (byte)(1 + (number / Kinds.Count % Addresses))]);
}
