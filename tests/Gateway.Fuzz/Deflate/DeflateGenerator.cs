using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Fuzz.Deflate;

/// <summary>Compressed messages of one connection, right unless the lot says otherwise.</summary>
/// <param name="settings">What was agreed to.</param>
/// <param name="random">The lot.</param>
/// <param name="isRight">Nothing wrong, whatever the lot says.</param>
internal sealed class DeflateGenerator(DeflateSettings settings, Random random, bool isRight = false)
{
    private const int MostDistance = 1 << Zlib.MaxWindowBits; // that deflate can say

    private static readonly byte[] Characters = Encoding.UTF8.GetBytes("ä日😀");
    private static readonly byte[] Json = """{"type":"message","channel":"news","data":{"symbol":"EURUSD","bid":1.0837,"ask":1.0839}}"""u8.ToArray();

    private readonly List<byte> _history = [];

    /// <summary>The next message: what it is, and its compressed form.</summary>
    public (byte[] Message, byte[] Compressed) Next(bool isText)
    {
        if (!settings.WithTakeover)
            _history.Clear();
        var start = _history.Count;
        var writer = new DeflateWriter(random, _history, settings.Window);
        var isFinal = false;
        for (var blocks = random.Next(5); blocks > 0; blocks--)
        {
            isFinal = random.Next(6) == 0;
            WriteBlock(writer, isText, isFinal);
        }

        byte[] finals = [];
        if (IsWrong(200))
            finals = ManyStreams(writer);
        else if (IsWrong(60))
            writer.Noise();
        else if (!isFinal || random.Next(2) == 0)
            writer.Tail();
        byte[] compressed = [.. writer.ToArray(), .. finals];
        if (compressed.Length > 0 && IsWrong(20))
            compressed = Corrupt(compressed);
        return ([.. _history[start..]], compressed);
    }

    private bool IsWrong(int oneOf) => !isRight && random.Next(oneOf) == 0;

    private void WriteBlock(DeflateWriter writer, bool isText, bool isFinal)
    {
        switch (random.Next(isText ? 8 : 10))
        {
            case 0 or 1:
                writer.Stored(Literals(isText), isFinal);
                break;
            case 2 or 3 or 4:
                writer.Fixed(Tokens(isText), isFinal);
                break;
            case 5 or 6:
                writer.Dynamic(Tokens(isText), isFinal);
                break;
            case 7:
                writer.Fixed(Characters.Select(b => new DeflateToken(b)).Append(new DeflateToken(27 * random.Next(1, 9), Characters.Length)).ToArray(), isFinal);
                break;
            default:
                writer.Dynamic(Bomb(IsWrong(2) ? random.Next(300) : random.Next(3)), isFinal);
                break;
        }
    }

    private byte[] Literals(bool isText)
    {
        var size = 1 << random.Next(8);
        if (!isText)
            return random.Bytes(size - 1);
        var bytes = Json.AsSpan(0, Math.Min(size - 1, Json.Length)).ToArray();
        return IsWrong(40) ? [.. bytes, 0xC3] : bytes;
    }

    private List<DeflateToken> Tokens(bool isText)
    {
        var tokens = Literals(isText).Select(b => new DeflateToken(b)).ToList();
        // References of text reach back to nothing but the tokens before: elsewhere they might cut a character.
        var reach = tokens.Count + (isText ? 0 : _history.Count);
        for (var matches = random.Next(8); matches > 0 && reach > 0; matches--)
        {
            var length = random.Next(4) == 0 ? 258 : random.Next(3, 40);
            var distance = random.Next(1, Math.Min(reach, settings.Window) + 1);
            if (IsWrong(100))
                distance = Math.Min(MostDistance, (random.Next(2) == 0 ? reach : settings.Window) + random.Next(1, 3));
            tokens.Add(new DeflateToken(length, distance));
            reach += length;
        }

        return tokens;
    }

    /// <summary>One byte, and that byte again.</summary>
    private static DeflateToken[] Bomb(int matches) => [new DeflateToken(0x20), .. Enumerable.Repeat(new DeflateToken(258, 1), matches)];

    /// <summary>A window, and then final blocks of nothing, each of which costs as much as the window.</summary>
    private byte[] ManyStreams(DeflateWriter writer)
    {
        writer.Fixed(Bomb(Math.Min(settings.MaxMessageBytes, settings.Window) / 258), isFinal: true);
        return [.. Enumerable.Repeat((byte[])[0x03, 0x00], random.Next(1, 2100)).SelectMany(block => block)];
    }

    private byte[] Corrupt(byte[] compressed)
    {
        var at = random.Next(compressed.Length);
        if (random.Next(2) == 0)
            return compressed[..at];
        compressed[at] ^= (byte)(1 << random.Next(8));
        return compressed;
    }
}
