using System.Text;

namespace Gateway.Configuration;

/// <summary>The names of an enumeration as options write them: <c>DropOldest</c> is <c>drop-oldest</c>.</summary>
internal static class ChoiceText
{
    public static string Format(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>The enumeration's own spelling of a written choice.</summary>
    public static string ToName(string choice) => choice.Replace("-", "", StringComparison.Ordinal);

    public static bool Matches(string choice, string written) =>
        string.Equals(ToName(choice), ToName(written.Trim()), StringComparison.OrdinalIgnoreCase);
}
