namespace Gateway.Configuration;

/// <summary>
/// The command line: <c>--Option=value</c> or <c>--Option value</c>. Strict, where the configuration library would drop what it does not
/// understand in silence.
/// </summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ConfigurationError> _errors = [];

    private CommandLine()
    {
    }

    public bool Help { get; private set; }

    public bool Version { get; private set; }

    /// <summary>What was set, by option.</summary>
    public IReadOnlyDictionary<string, string?> Values => _values;

    public IReadOnlyList<ConfigurationError> Errors => _errors;

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "--help" or "-h" or "-?" or "/?")
                line.Help = true;
            else if (args[i] is "--version")
                line.Version = true;
            else if (line.Take(args[i], i + 1 < args.Count ? args[i + 1] : null))
                i++;
        }

        return line;
    }

    /// <summary>Takes an argument; true when the next one was its value.</summary>
    private bool Take(string argument, string? next)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.Length == 2 || equals == 2)
        {
            _errors.Add(new(argument, null, "is not an option.", "Write --Option=value or --Option value; --help lists the options."));
            return false;
        }

        if (equals > 0)
        {
            _values[argument[2..equals]] = argument[(equals + 1)..];
            return false;
        }

        if (next is null || next.StartsWith("--", StringComparison.Ordinal))
        {
            _errors.Add(new(argument[2..], null, "has no value on the command line.", $"Write {argument}=value."));
            return false;
        }

        _values[argument[2..]] = next;
        return true;
    }
}
