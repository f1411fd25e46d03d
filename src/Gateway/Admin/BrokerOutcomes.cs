using Gateway.Core.Brokers;

namespace Gateway.Admin;

/// <summary>How a problem says what became of an operation that the broker did not confirm.</summary>
internal static class BrokerOutcomes
{
    public const string NotDone = "not_done";
    public const string Unknown = "unknown";

    public static string Label(BrokerOutcome outcome) => outcome == BrokerOutcome.NotDone ? NotDone : Unknown;
}
