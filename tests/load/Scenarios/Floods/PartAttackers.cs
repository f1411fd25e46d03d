using Gateway.Load.Client;
using Gateway.Load.Hostile;

namespace Gateway.Load.Scenarios.Floods;

/// <summary>
/// Clients of messages that have no end: in one frame, in many, or compressed; a third each. Every second of each third sends it at once, the
/// others a little at a time, below the limit of bytes.
/// </summary>
internal sealed class PartAttackers : Attackers
{
    private const int MessageBytes = 1024 * 1024; // Gateway:Limits:MaxMessageBytes by default
    private const int PieceBytes = 1024;
    private const int PiecesPerSecond = 20;

    private static readonly byte[] OfferDeflate = UpgradeExchange.Request("/", UpgradeExchange.OfferDeflate);
    private static readonly byte[][] Parts = [UnfinishedInput.Message(MessageBytes), UnfinishedInput.Fragments(MessageBytes), CompressedMessage.Part(MessageBytes - 1024)];

    private readonly Dictionary<int, (Timetable Times, int Sent)> _slow = [];

    public override byte[] Request(int client) => OfferDeflate;

    public override void OnOpen(int client)
    {
        if (IsSlow(client))
            _slow[client] = (new Timetable(PiecesPerSecond, Loop.Clock.GetTimestamp()), 0);
        else
            Pool.Send(client, PartOf(client));
    }

    protected override void Attack(int client)
    {
        if (!_slow.TryGetValue(client, out var state) || state.Sent == PartOf(client).Length || !state.Times.TryTake(Loop.Clock.GetTimestamp(), out _))
            return;
        var piece = PartOf(client).AsSpan(state.Sent);
        piece = piece[..Math.Min(PieceLength(client), piece.Length)];
        _slow[client] = (state.Times, state.Sent + piece.Length);
        Pool.Send(client, piece);
    }

    private static bool IsSlow(int client) => client / Parts.Length % 2 == 1;

    private static byte[] PartOf(int client) => Parts[client % Parts.Length];

    /// <summary>A kilobyte of a compressed message is all of it.</summary>
    private static int PieceLength(int client) => Math.Min(PieceBytes, Math.Max(1, PartOf(client).Length / 50));
}
