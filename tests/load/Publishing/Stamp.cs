using System.Buffers;
using System.Buffers.Text;

namespace Gateway.Load.Publishing;

/// <summary>
/// A publication's payload, valid JSON so that it stands verbatim in every protocol's message: its number in its channel, when it was
/// published, and padding.
/// </summary>
internal static class Stamp
{
    /// <summary>Smallest payload.</summary>
    public const int MinBytes = 51;

    private const int NumberDigits = 10;
    private const int TimeDigits = 19;

    private static readonly StandardFormat NumberFormat = new('D', NumberDigits);
    private static readonly StandardFormat TimeFormat = new('D', TimeDigits);

    private static ReadOnlySpan<byte> Head => "{\"n\":\""u8;

    private static ReadOnlySpan<byte> BeforeTime => "\",\"t\":\""u8;

    private static ReadOnlySpan<byte> BeforePadding => "\",\"p\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Fills the whole destination.</summary>
    /// <param name="destination">At least <see cref="MinBytes"/>.</param>
    /// <param name="number">Of the publication in its channel, from 0 on.</param>
    /// <param name="timestamp">Of the clock, see <see cref="TimeProvider.GetTimestamp"/>.</param>
    public static void Write(Span<byte> destination, long number, long timestamp)
    {
        destination.Fill((byte)'x');
        Head.CopyTo(destination);
        Utf8Formatter.TryFormat(number, destination[Head.Length..], out _, NumberFormat);
        var at = Head.Length + NumberDigits;
        BeforeTime.CopyTo(destination[at..]);
        at += BeforeTime.Length;
        Utf8Formatter.TryFormat(timestamp, destination[at..], out _, TimeFormat);
        BeforePadding.CopyTo(destination[(at + TimeDigits)..]);
        Tail.CopyTo(destination[^Tail.Length..]);
    }

    /// <summary>Finds the stamp in a message. False: the message is no publication.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out long number, out long timestamp)
    {
        number = timestamp = 0;
        var start = message.IndexOf(Head);
        if (start < 0 || message.Length - start < MinBytes)
            return false;
        message = message[(start + Head.Length)..];
        return Utf8Parser.TryParse(message[..NumberDigits], out number, out _)
            && Utf8Parser.TryParse(message.Slice(NumberDigits + BeforeTime.Length, TimeDigits), out timestamp, out _);
    }
}
