namespace Gateway.Core.Buffers;

/// <summary>Keeps memory that nobody uses, so that whoever needs some next has it at once. What it keeps is bounded in bytes.</summary>
internal interface IKeepsMemory
{
    /// <summary>What is kept now, in bytes. Exact while nobody rents or returns.</summary>
    long KeptBytes { get; }

    /// <summary>Leaves all of it to the collector. Any thread, at any moment.</summary>
    void Trim();

    /// <summary>Leaves to the collector what nobody has needed since the last call.</summary>
    void TrimIdle();
}
