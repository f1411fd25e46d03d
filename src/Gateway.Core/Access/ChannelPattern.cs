using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Access;

/// <summary>
/// Which channels a rule is about. <c>*</c> stands for any run of characters, <c>{claim}</c> for what the client's token says, literally:
/// <c>user:{sub}</c> is that user's own channel and nobody else's.
/// <para>
/// The shape decides whether the rule is the one, the value whether the channel is the client's: a channel that would be somebody's
/// matches, for everybody, so that no later rule opens it. In the shape a placeholder is one or more characters without <c>:</c>.
/// </para>
/// </summary>
public sealed class ChannelPattern
{
    /// <summary>A longer one could match no name.</summary>
    public const int MaxLength = 1024;

    /// <summary>Each is a search through a name, and a token has a hundred patterns: two or three say what there is to say.</summary>
    public const int MaxStars = 16;

    // A name has at most 255 characters; a position stands before each, and one at the end.
    private const int Positions = 256;

    private const int ShortText = 4;

    private readonly PatternPart[] _parts;

    private ChannelPattern(string text, PatternPart[] parts)
    {
        Text = text;
        _parts = parts;
        HasPlaceholders = parts.Any(static part => part.Kind == PatternPartKind.Placeholder);
    }

    /// <summary>As it is configured.</summary>
    public string Text { get; }

    /// <summary>Whether it is about somebody's own channels.</summary>
    public bool HasPlaceholders { get; }

    /// <summary>The claims that it asks for, <c>sub</c> among them.</summary>
    public IEnumerable<string> Placeholders => _parts.Where(static part => part.Kind == PatternPartKind.Placeholder).Select(static part => part.Text);

    /// <summary>Reads a pattern; false: it is wrong, and <paramref name="fault"/> says how.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ChannelPattern? pattern, [NotNullWhen(false)] out string? fault)
    {
        pattern = null;
        fault = PatternSyntax.Read(text, out var parts);
        if (fault is null)
            pattern = new ChannelPattern(text, parts);
        return fault is null;
    }

    /// <summary>A pattern that is known to be right.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static ChannelPattern Parse(string text) =>
        TryParse(text, out var pattern, out var fault) ? pattern : throw new FormatException($"'{text}': {fault}.");

    /// <summary>What the pattern says of a channel for a client. Allocates nothing.</summary>
    public PatternMatch Match(ReadOnlySpan<char> channel, ClientIdentity client)
    {
        if (!HasPlaceholders)
            return Matches(Text, channel) ? PatternMatch.Matches : PatternMatch.None;
        if (!Walk(channel, null))
            return PatternMatch.None;
        return Walk(channel, client) ? PatternMatch.Matches : PatternMatch.NotYours;
    }

    /// <summary>Whether the channel is one of its, be it this client's or somebody else's.</summary>
    public bool HasShapeOf(ReadOnlySpan<char> channel) => HasPlaceholders ? Walk(channel, null) : Matches(Text, channel);

    /// <summary>Whether every channel that the other is about is this one's already. False may also mean that it is not certain.</summary>
    public bool Covers(ChannelPattern other) => Walk(PatternSyntax.Specimen(other._parts), null);

    /// <summary>
    /// Whether a name fits a text in which <c>*</c> stands for any run of characters. What stands before the first star and behind the last is at
    /// the name's ends; each of the others is looked for behind the one before, by the vectorised search, since a token has a hundred patterns.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return pattern.SequenceEqual(name);
        if (!name.StartsWith(pattern[..star]))
            return false;
        name = name[star..];
        pattern = pattern[star..].TrimStart('*');
        for (star = pattern.IndexOf('*'); star >= 0; star = pattern.IndexOf('*'))
        {
            var at = Find(name, pattern[..star]);
            if (at < 0)
                return false;
            name = name[(at + star)..];
            pattern = pattern[star..].TrimStart('*');
        }

        return name.EndsWith(pattern);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>The vectorised search costs as much to begin as a short name does one by one.</summary>
    private static int Find(ReadOnlySpan<char> name, ReadOnlySpan<char> text)
    {
        if (text.Length > ShortText)
            return name.IndexOf(text);
        for (var at = 0; at + text.Length <= name.Length; at++)
        {
            if (name[at] == text[0] && name[at..].StartsWith(text))
                return at;
        }

        return -1;
    }

    /// <summary>
    /// All ways at once: the positions in the name that the parts so far can end at. No part looks at a position twice, whatever the
    /// pattern is, so that neither an operator's pattern nor a client's name makes it slow.
    /// </summary>
    /// <param name="name">The channel's.</param>
    /// <param name="client">Whose values stand for the placeholders; null: any would do.</param>
    private bool Walk(ReadOnlySpan<char> name, ClientIdentity? client)
    {
        Span<bool> at = stackalloc bool[Positions], next = stackalloc bool[Positions];
        if (name.Length >= Positions)
            return false;
        at[0] = true;
        foreach (var part in _parts)
        {
            next.Clear();
            switch (part.Kind)
            {
                case PatternPartKind.Star:
                    StepStar(at, next, name.Length);
                    break;
                case PatternPartKind.Placeholder when client is null:
                    StepValue(at, next, name);
                    break;
                default:
                    var text = part.Kind == PatternPartKind.Literal ? part.Text : ValueOf(part.Text, client!);
                    if (text is null)
                        return false;
                    StepText(at, next, name, text);
                    break;
            }

            var swap = at;
            at = next;
            next = swap;
        }

        return at[name.Length];
    }

    private static void StepStar(ReadOnlySpan<bool> at, Span<bool> next, int length)
    {
        var first = at.IndexOf(true);
        if (first >= 0 && first <= length)
            next[first..(length + 1)].Fill(true);
    }

    /// <summary>One or more characters without a colon.</summary>
    private static void StepValue(ReadOnlySpan<bool> at, Span<bool> next, ReadOnlySpan<char> name)
    {
        var isInside = false;
        for (var i = 0; i < name.Length; i++)
        {
            isInside = (isInside || at[i]) && name[i] is not (':' or PatternSyntax.SpecimenStar);
            next[i + 1] = isInside;
        }
    }

    private static void StepText(ReadOnlySpan<bool> at, Span<bool> next, ReadOnlySpan<char> name, string text)
    {
        for (var i = 0; i + text.Length <= name.Length; i++)
            next[i + text.Length] = at[i] && name[i..].StartsWith(text, StringComparison.Ordinal);
    }

    /// <summary>Null: the client has none that can stand in a channel's name, so that nothing is the client's.</summary>
    private static string? ValueOf(string claim, ClientIdentity client)
    {
        var value = claim == "sub" ? client.Subject : client.Claims.GetValueOrDefault(claim);
        // With a colon it would reach into the next part of the name: 'a:b' must not be the user 'b' of the team 'a'.
        return string.IsNullOrEmpty(value) || value.Contains(':', StringComparison.Ordinal) ? null : value;
    }
}

/// <summary>What a pattern says of a channel.</summary>
public enum PatternMatch
{
    /// <summary>The channel is none of its: a later rule may decide.</summary>
    None,

    /// <summary>The rule decides.</summary>
    Matches,

    /// <summary>The rule decides, and the channel is somebody else's.</summary>
    NotYours,
}
