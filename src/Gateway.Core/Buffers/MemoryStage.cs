namespace Gateway.Core.Buffers;

/// <summary>What a node does against running out of memory; each stage does what those before it do.</summary>
public enum MemoryStage
{
    /// <summary>Nothing.</summary>
    Normal,

    /// <summary>The largest backlogs are given up.</summary>
    Shedding,

    /// <summary>No client is taken.</summary>
    RefusingUpgrades,

    /// <summary>No publication is taken.</summary>
    RefusingPublications,
}

/// <summary>Its names.</summary>
internal static class MemoryStages
{
    public static string Text(this MemoryStage stage) => stage switch
    {
        MemoryStage.Normal => "normal",
        MemoryStage.Shedding => "shedding backlogs",
        MemoryStage.RefusingUpgrades => "refusing upgrades",
        _ => "refusing publications",
    };
}
