using System.Text;

namespace Gateway.Core.Handshake;

/// <summary>One element of Sec-WebSocket-Extensions, RFC 6455 §9.1.</summary>
/// <param name="Name">The extension.</param>
/// <param name="Parameters">In their order; a value is null when there is none.</param>
internal sealed record ExtensionOffer(string Name, IReadOnlyList<KeyValuePair<string, string?>> Parameters)
{
    /// <summary>Most offers of a request, and parameters of each: browsers make one, with one or two. Each costs more than the bytes it takes.</summary>
    public const int MaxOffers = 16, MaxParameters = 16;

    /// <summary>
    /// Parses a header's value and adds what it offers; false when there is too much of it, or it does not conform to the grammar:
    /// <code>
    /// extension-list  = 1#extension
    /// extension       = extension-token *( ";" extension-param )
    /// extension-param = token [ "=" ( token | quoted-string ) ]   ; unquoted and unescaped, the string is a token too
    /// </code>
    /// Empty elements, and so an empty value, are passed over (RFC 9110 §5.6.1.2).
    /// </summary>
    public static bool TryParseList(ReadOnlySpan<byte> list, ICollection<ExtensionOffer> offers)
    {
        while (true)
        {
            list = list.TrimStart(", \t"u8);
            if (list.IsEmpty)
                return true;
            if (offers.Count == MaxOffers || !TryTakeExtension(ref list, out var offer) || !(list.IsEmpty || list[0] == ','))
                return false;
            offers.Add(offer);
        }
    }

    private static bool TryTakeExtension(ref ReadOnlySpan<byte> list, out ExtensionOffer offer)
    {
        var parameters = new List<KeyValuePair<string, string?>>();
        offer = null!;
        if (!TryTakeToken(ref list, out var name))
            return false;
        while (TryTake(ref list, (byte)';'))
        {
            if (parameters.Count == MaxParameters || !TryTakeToken(ref list, out var parameter))
                return false;
            string? value = null;
            if (TryTake(ref list, (byte)'=') && !(list.StartsWith("\""u8) ? TryTakeQuoted(ref list, out value) : TryTakeToken(ref list, out value)))
                return false;
            parameters.Add(new(parameter, value));
        }

        offer = new ExtensionOffer(name, parameters);
        return true;
    }

    private static bool TryTakeToken(ref ReadOnlySpan<byte> list, out string token)
    {
        var length = HttpSyntax.TokenLength(list);
        token = Encoding.ASCII.GetString(list[..length]);
        list = list[length..];
        SkipSpace(ref list);
        return length > 0;
    }

    /// <summary>RFC 9110 §5.6.4, with the token inside that RFC 6455 §9.1 demands.</summary>
    private static bool TryTakeQuoted(ref ReadOnlySpan<byte> list, out string? token)
    {
        var unescaped = new List<byte>();
        token = null;
        for (var i = 1; i < list.Length; i++)
        {
            if (list[i] == '"')
            {
                var bytes = unescaped.ToArray();
                token = Encoding.ASCII.GetString(bytes);
                list = list[(i + 1)..];
                SkipSpace(ref list);
                return HttpSyntax.IsToken(bytes);
            }

            if (list[i] == '\\' && ++i == list.Length)
                return false;
            unescaped.Add(list[i]);
        }

        return false;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> list, byte separator)
    {
        if (list.IsEmpty || list[0] != separator)
            return false;
        list = list[1..];
        SkipSpace(ref list);
        return true;
    }

    private static void SkipSpace(ref ReadOnlySpan<byte> list) => list = list.TrimStart(" \t"u8);
}
