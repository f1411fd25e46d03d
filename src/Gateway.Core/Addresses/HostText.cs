using System.Globalization;
using System.Text;

namespace Gateway.Core.Addresses;

/// <summary>Hosts' names as they are sent: in ASCII, an international one in punycode (RFC 5891), whatever it looks like in a configuration.</summary>
internal static class HostText
{
    private static readonly IdnMapping Names = new();

    /// <summary>False: it is no name, or one that browsers would write otherwise than it can be told here; as <c>xn--…</c> it can.</summary>
    /// <param name="name">With or without a star in front; empty is what it is.</param>
    /// <param name="ascii">The same in ASCII.</param>
    public static bool TryToAscii(string name, out string ascii)
    {
        ascii = name;
        if (Ascii.IsValid(name))
            return true;
        // Capitals are the same name to browsers (UTS 46 §4), and these two kinds of characters others: to know which takes tables that this program
        // does without.
        var lower = name.ToLowerInvariant();
        if (lower.Any(static letter => letter is (>= '\u0300' and <= '\u036F') or (>= '\uFF00' and <= '\uFFEF')))
            return false;
        try
        {
            ascii = Names.GetAscii(lower);
            return true;
        }
        catch (ArgumentException)
        {
            return false; // a label is too long or empty
        }
    }
}
