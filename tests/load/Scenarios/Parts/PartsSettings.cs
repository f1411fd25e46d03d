namespace Gateway.Load.Scenarios.Parts;

/// <param name="GroupBytes">Limit of the control group that the node runs in; 0: none.</param>
/// <param name="Over">What the node speaks: "plain", "tls", or one after the other.</param>
/// <param name="Kinds">Of parts, by name.</param>
/// <param name="Sockets">Attackers at once.</param>
/// <param name="Rate">Attackers that connect in a second, at most.</param>
/// <param name="Addresses">That they come from.</param>
/// <param name="Nice">Of their process, as nice(1) has it.</param>
/// <param name="Honest">Clients that are there before.</param>
/// <param name="Pings">That each of them sends in a second.</param>
/// <param name="Calm">Of the measurements before and after.</param>
/// <param name="Duration">Of the attack.</param>
/// <param name="MaxRatio">The honest ones' p99 under attack, by the one before.</param>
/// <param name="LetIn">In which a new client must be let in after the attack.</param>
/// <param name="MaxKept">Percent of the group that the node may use more afterwards than before.</param>
internal sealed record PartsSettings(
    long GroupBytes,
    IReadOnlyList<string> Over,
    IReadOnlyList<string> Kinds,
    int Sockets,
    int Rate,
    int Addresses,
    int Nice,
    int Honest,
    double Pings,
    TimeSpan Calm,
    TimeSpan Duration,
    double MaxRatio,
    TimeSpan LetIn,
    double MaxKept);
