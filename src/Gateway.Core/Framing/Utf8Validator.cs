using System.Text.Unicode;

namespace Gateway.Core.Framing;

/// <summary>
/// Judges UTF-8 that comes in pieces (RFC 3629 §4; RFC 6455 §8.1), and says no as soon as nothing that could follow would make it valid. A
/// new one has seen nothing; one that has said no is spent.
/// </summary>
internal struct Utf8Validator
{
    private byte _missing; // bytes that the sequence at the end still needs
    private byte _low; // bounds of the next of them
    private byte _high;

    /// <summary>Whether what was appended ends with a whole character.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Takes a piece; false when the text is not valid and cannot become so.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        while (_missing > 0)
        {
            if (bytes.IsEmpty)
                return true;
            if (bytes[0] < _low || bytes[0] > _high)
                return false;
            Expect(_missing - 1);
            bytes = bytes[1..];
        }

        var cut = OpenSequence(bytes);
        if (!Utf8.IsValid(bytes[..^cut]))
            return false;
        return cut == 0 || Begin(bytes[^cut..]);
    }

    /// <summary>Takes the last piece; false when the whole is not valid.</summary>
    public bool AppendLast(ReadOnlySpan<byte> bytes) => IsComplete ? Utf8.IsValid(bytes) : Append(bytes) && IsComplete;

    /// <summary>How many bytes at the end belong to a sequence that goes on behind it; 0 also when its first byte can begin none.</summary>
    private static int OpenSequence(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if (b is >= 0x80 and <= 0xBF)
                continue;
            return Follow(b) >= back ? back : 0;
        }

        return 0;
    }

    /// <summary>Bytes that follow a first byte.</summary>
    private static int Follow(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => 1,
        >= 0xE0 and <= 0xEF => 2,
        >= 0xF0 and <= 0xF4 => 3,
        _ => 0, // one byte, or none that may stand here
    };

    private bool Begin(ReadOnlySpan<byte> open)
    {
        Expect(Follow(open[0]));
        // RFC 3629 §4: the second byte's bounds keep out overlong forms, surrogates, and what lies above U+10FFFF.
        switch (open[0])
        {
            case 0xE0: _low = 0xA0; break;
            case 0xED: _high = 0x9F; break;
            case 0xF0: _low = 0x90; break;
            case 0xF4: _high = 0x8F; break;
        }

        foreach (var b in open[1..])
        {
            if (b < _low || b > _high)
                return false;
            Expect(_missing - 1);
        }

        return true;
    }

    private void Expect(int missing)
    {
        _missing = (byte)missing;
        _low = 0x80;
        _high = 0xBF;
    }
}
