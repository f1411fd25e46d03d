using System.Text;

namespace Gateway.Configuration;

/// <summary>What <c>--help</c> prints: how to pass options, and each option with its default, bounds and meaning.</summary>
internal static class HelpText
{
    private const int Width = 110;

    public static string Write(string version)
    {
        var text = new StringBuilder();
        text.Append($$"""
            Gateway {{version}}: holds client WebSockets and pushes to them what backends publish to channels.

            Usage: Gateway [--Option=value | --Option value]...
                   Gateway --help | --version

            Each option can be passed in three ways; a later one wins:
              in appsettings.json    { "Gateway": { "Limits": { "MaxConnections": 50000 } } }
              in the environment     Gateway__Limits__MaxConnections=50000      (":" becomes "__")
              on the command line    --Gateway:Limits:MaxConnections=50000

            Times: 500ms, 30s, 2m, 1h, 00:00:30; a bare number is seconds. Sizes: 64KiB, 1MiB, 1MB; a bare number is bytes.
            Items of a list have an index: Gateway:Endpoints:0:Address, Gateway:Endpoints:1:Address.
            Also: --environment=Development, Logging:LogLevel:Default, Logging:Console:FormatterName (simple, json, systemd).
            Exit codes: 0 after a good stop, 78 for a wrong configuration, 1 otherwise.

            """);
        foreach (var section in OptionCatalog.Sections.Where(section => section.Options.Count > 0))
        {
            text.Append('\n');
            Wrap(text, section.Title, indent: 0);
            foreach (var option in section.Options)
                Write(text, option);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, OptionDescription option)
    {
        text.Append($"  {option.Name}  (default: {(option.Default.Length == 0 ? "empty" : option.Default)}");
        text.Append(option.Bounds.Length == 0 ? ")\n" : $"; {option.Bounds})\n");
        Wrap(text, option.Meaning, indent: 6);
    }

    private static void Wrap(StringBuilder text, string paragraph, int indent)
    {
        var column = indent;
        text.Append(' ', indent);
        foreach (var word in paragraph.Split(' '))
        {
            if (column > indent && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent);
                column = indent;
            }
            else if (column > indent)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
