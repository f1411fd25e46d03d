namespace Gateway.Configuration;

/// <summary>Something wrong in the configuration, said so that it can be put right without reading the source.</summary>
/// <param name="Option">The option's full name, such as <c>Gateway:Limits:MaxQueueBytes</c>.</param>
/// <param name="Value">The value that was given; null when there is none to show.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="Remedy">What to set instead.</param>
internal sealed record ConfigurationError(string Option, string? Value, string Problem, string Remedy)
{
    /// <summary>A file that is named and cannot be read.</summary>
    public static ConfigurationError Unreadable(string option, string? path, string problem) =>
        new(option, path, problem, "Name an existing file, or mend what the reason names: its rights, its disk, or the limit of descriptors.");

    /// <inheritdoc/>
    public override string ToString() => Value is null
        ? $"{Option}: {Problem} {Remedy}"
        : $"{Option} = \"{Value}\": {Problem} {Remedy}";
}
