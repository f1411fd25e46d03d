namespace Gateway.Fuzz;

/// <summary>Where the inputs of a reader come from.</summary>
internal interface IInputSource
{
    /// <summary>What stands often in its inputs: what a mutation puts in.</summary>
    IReadOnlyList<byte[]> Dictionary { get; }

    /// <summary>An input that is right, or nearly so; mutations come on top.</summary>
    byte[] Generate(Random random);
}
