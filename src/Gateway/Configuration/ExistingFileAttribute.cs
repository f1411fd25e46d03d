namespace Gateway.Configuration;

/// <summary>The path of a file that is there, or an empty one.</summary>
public sealed class ExistingFileAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string? FindFault(string value) => File.Exists(value) ? null : "names a file that does not exist or cannot be read";
}
