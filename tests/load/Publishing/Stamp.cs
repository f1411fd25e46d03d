using System.Buffers;
using System.Buffers.Text;

namespace Gateway.Load.Publishing;

/// <summary>
/// A publication's payload, valid JSON so that it stands verbatim in every protocol's message: its channel, its number in its channel, when
/// it was or should have been published, and padding.
/// </summary>
/// <param name="Channel">Number of the channel.</param>
/// <param name="Number">Of the publication in its channel, from 0 on.</param>
/// <param name="Timestamp">Of the clock, see <see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct Stamp(int Channel, long Number, long Timestamp)
{
    /// <summary>Smallest payload.</summary>
    public const int MinBytes = 63;

    private const int ChannelDigits = 5;
    private const int NumberDigits = 10;
    private const int TimeDigits = 19;

    private static readonly StandardFormat ChannelFormat = new('D', ChannelDigits);
    private static readonly StandardFormat NumberFormat = new('D', NumberDigits);
    private static readonly StandardFormat TimeFormat = new('D', TimeDigits);

    private static ReadOnlySpan<byte> Head => "{\"c\":\""u8;

    private static ReadOnlySpan<byte> BeforeNumber => "\",\"n\":\""u8;

    private static ReadOnlySpan<byte> BeforeTime => "\",\"t\":\""u8;

    private static ReadOnlySpan<byte> BeforePadding => "\",\"p\":\""u8;

    private static ReadOnlySpan<byte> Tail => "\"}"u8;

    /// <summary>Fills the whole destination, which has at least <see cref="MinBytes"/>.</summary>
    public void Write(Span<byte> destination)
    {
        destination.Fill((byte)'x');
        Head.CopyTo(destination);
        Utf8Formatter.TryFormat(Channel, destination[Head.Length..], out _, ChannelFormat);
        var at = Head.Length + ChannelDigits;
        BeforeNumber.CopyTo(destination[at..]);
        at += BeforeNumber.Length;
        Utf8Formatter.TryFormat(Number, destination[at..], out _, NumberFormat);
        at += NumberDigits;
        BeforeTime.CopyTo(destination[at..]);
        at += BeforeTime.Length;
        Utf8Formatter.TryFormat(Timestamp, destination[at..], out _, TimeFormat);
        BeforePadding.CopyTo(destination[(at + TimeDigits)..]);
        Tail.CopyTo(destination[^Tail.Length..]);
    }

    /// <summary>Finds the stamp in a message. False: the message is no publication.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out Stamp stamp)
    {
        stamp = default;
        var start = message.IndexOf(Head);
        if (start < 0 || message.Length - start < MinBytes)
            return false;
        message = message[(start + Head.Length)..];
        var hasChannel = Utf8Parser.TryParse(message[..ChannelDigits], out int channel, out _);
        message = message[(ChannelDigits + BeforeNumber.Length)..];
        var hasNumber = Utf8Parser.TryParse(message[..NumberDigits], out long number, out _);
        var hasTime = Utf8Parser.TryParse(message.Slice(NumberDigits + BeforeTime.Length, TimeDigits), out long timestamp, out _);
        stamp = new Stamp(channel, number, timestamp);
        return hasChannel && hasNumber && hasTime;
    }
}
