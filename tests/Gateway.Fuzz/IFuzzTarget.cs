namespace Gateway.Fuzz;

/// <summary>One reader of bytes that a peer chooses.</summary>
internal interface IFuzzTarget : IInputSource
{
    /// <summary>Its name on the command line, and its folder of the corpus.</summary>
    string Name { get; }

    /// <summary>Reads an input, whole and cut, and checks what must hold of it.</summary>
    /// <param name="input">The input.</param>
    /// <param name="random">Where to cut it.</param>
    /// <returns>What became of it, in a word: shows whether the inputs reach what they should.</returns>
    /// <exception cref="FuzzException">A property does not hold. Any other exception is a finding too.</exception>
    string Check(ReadOnlySpan<byte> input, Random random);
}
