using System.Buffers;

namespace Gateway.Core.Access;

/// <summary>
/// How patterns are written. A placeholder has a place that is certain: it is the only one between two colons, beside no <c>*</c>, and a
/// <c>*</c> is before it or behind it, not both. Else two clients' values could be read out of one name, and a user could choose a
/// name that makes somebody else's channel their own.
/// </summary>
internal static class PatternSyntax
{
    /// <summary>In a specimen: what only a <c>*</c> takes. No name and no pattern has it.</summary>
    public const char SpecimenStar = '\u0001';

    // In a specimen: what only a '*' or a placeholder takes.
    private const char SpecimenValue = '\u0002';

    private static readonly SearchValues<char> Special = SearchValues.Create("*{}");

    /// <summary>Reads a pattern into its parts. Returns what is wrong with it; null: nothing.</summary>
    public static string? Read(string text, out PatternPart[] parts)
    {
        parts = [];
        if (text.Length > ChannelPattern.MaxLength)
            return $"has more than {ChannelPattern.MaxLength} characters";
        if (text.AsSpan().ContainsAnyInRange('\0', ' ') || text.AsSpan().ContainsAny(',', '\u007F'))
            return "has a space, a comma or a control character, which no channel's name has";
        if (text.AsSpan().Count('*') > ChannelPattern.MaxStars)
            return $"has more than {ChannelPattern.MaxStars} '*'";
        var found = new List<PatternPart>();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = rest.IndexOfAny(Special);
            if (length != 0)
            {
                length = length < 0 ? rest.Length : length;
                found.Add(new PatternPart(PatternPartKind.Literal, rest[..length].ToString()));
            }
            else if (rest[0] == '*')
            {
                length = 1;
                found.Add(new PatternPart(PatternPartKind.Star, "*"));
            }
            else
            {
                length = rest.IndexOf('}') + 1;
                if (rest[0] == '}' || length == 0)
                    return "has a brace without its counterpart";
                if (!IsClaim(rest[1..(length - 1)]))
                    return $"has the placeholder '{rest[..length]}', which names no claim: letters, digits and _ - . / : are";
                found.Add(new PatternPart(PatternPartKind.Placeholder, rest[1..(length - 1)].ToString()));
            }

            rest = rest[length..];
        }

        parts = [.. found];
        return FindUncertainty(parts);
    }

    /// <summary>A name that only those patterns match which match all that these parts do.</summary>
    public static string Specimen(IEnumerable<PatternPart> parts) => string.Concat(parts.Select(static part => part.Kind switch
    {
        PatternPartKind.Star => SpecimenStar.ToString(),
        PatternPartKind.Placeholder => SpecimenValue.ToString(),
        _ => part.Text,
    }));

    private static bool IsClaim(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-' or '.' or '/' or ':'))
                return false;
        }

        return !name.IsEmpty;
    }

    private static string? FindUncertainty(PatternPart[] parts)
    {
        var specimen = Specimen(parts);
        foreach (var segment in specimen.Split(':'))
        {
            var placeholders = segment.Count(static letter => letter == SpecimenValue);
            if (placeholders > 1)
                return "has two placeholders without a ':' between them, so that two clients' values could make one name";
            if (placeholders == 1 && segment.Contains(SpecimenStar, StringComparison.Ordinal))
                return "has a placeholder and a '*' without a ':' between them, so that the value's end is not certain";
        }

        var (first, last) = (specimen.IndexOf(SpecimenStar, StringComparison.Ordinal), specimen.LastIndexOf(SpecimenStar));
        return first >= 0 && specimen.AsSpan(first, last - first).Contains(SpecimenValue)
            ? "has a placeholder between two '*', so that its place in a name is not certain"
            : null;
    }
}

/// <summary>A piece of a pattern.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Text">A literal's text, a placeholder's claim.</param>
internal readonly record struct PatternPart(PatternPartKind Kind, string Text);

/// <summary>What a piece of a pattern stands for.</summary>
internal enum PatternPartKind
{
    /// <summary>Itself.</summary>
    Literal,

    /// <summary>Any run of characters.</summary>
    Star,

    /// <summary>A claim's value.</summary>
    Placeholder,
}
