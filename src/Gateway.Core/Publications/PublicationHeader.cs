using System.Buffers.Binary;
using System.Text;

namespace Gateway.Core.Publications;

/// <summary>
/// What a message of a channel says beside its payload, in front of it (docs/protocol.md, "The header of a publication"):
/// <code>
/// 00 67 77 | version, 1 byte | length of the fields, 2 bytes | field: tag, 1 byte; length, 2 bytes; value | … | payload
/// </code>
/// Numbers are big-endian, values UTF-8. A message without it is a payload and nothing else. What stands before the fields is the same in every
/// version, so that a payload gets through whatever its header says. Its values are valid as long as the message is.
/// </summary>
public readonly ref struct PublicationHeader
{
    /// <summary>The version this node writes and the newest it reads.</summary>
    public const byte CurrentVersion = 1;

    /// <summary>The longest one, in bytes.</summary>
    public const int MaxBytes = Start + ushort.MaxValue;

    private const int VersionAt = 3;
    private const int LengthAt = 4;
    private const int Start = 6; // of the fields
    private const int FieldStart = 3; // of a field's value

    private PublicationHeader(HeaderResult result) => Result = result;

    /// <summary>What a message with a header begins with.</summary>
    private static ReadOnlySpan<byte> Mark => [0x00, (byte)'g', (byte)'w'];

    /// <summary>What there was to read.</summary>
    public HeaderResult Result { get; private init; }

    /// <summary>Empty: there is none.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>Empty: there is none.</summary>
    public ReadOnlySpan<byte> Traceparent { get; private init; }

    /// <summary>Empty: there is none.</summary>
    public ReadOnlySpan<byte> Tracestate { get; private init; }

    /// <summary>The payload is bytes, whatever they are.</summary>
    public bool IsBinary { get; private init; }

    /// <summary>Whether a message would be taken for one with a header.</summary>
    public static bool Begins(ReadOnlySpan<byte> message) => message.StartsWith(Mark);

    /// <summary>The header's bytes; 0: there is none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> message)
    {
        if (!Begins(message) || message.Length < Start || message[VersionAt] == 0)
            return 0;
        var length = Start + BinaryPrimitives.ReadUInt16BigEndian(message[LengthAt..]);
        return length <= message.Length ? length : 0;
    }

    /// <summary>Takes a message apart.</summary>
    /// <param name="message">As it came from the broker.</param>
    /// <param name="payload">What follows the header; the whole message, if there is none, or none that can be read.</param>
    public static PublicationHeader Read(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> payload)
    {
        payload = message;
        if (!Begins(message))
            return default;
        if (LengthOf(message) is not (> 0 and var length))
            return new PublicationHeader(HeaderResult.Malformed);
        if (message[VersionAt] > CurrentVersion)
        {
            payload = message[length..];
            return new PublicationHeader(HeaderResult.NewerVersion);
        }

        if (!TryReadFields(message[Start..length], out var header))
            return new PublicationHeader(HeaderResult.Malformed);
        payload = message[length..];
        return header;
    }

    /// <summary>A message of a payload with a header in front.</summary>
    /// <param name="payload">Any bytes.</param>
    /// <param name="fields">Each at most once; without a value: not said.</param>
    /// <exception cref="OverflowException">The fields have more than 65,535 bytes.</exception>
    public static byte[] Write(ReadOnlySpan<byte> payload, params ReadOnlySpan<(PublicationField Field, string? Value)> fields)
    {
        var length = 0;
        foreach (var (_, value) in fields)
            length += value is null ? 0 : FieldStart + Encoding.UTF8.GetByteCount(value);

        var message = new byte[Start + length + payload.Length];
        Mark.CopyTo(message);
        message[VersionAt] = CurrentVersion;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(LengthAt), checked((ushort)length));
        var rest = message.AsSpan(Start);
        foreach (var (field, value) in fields)
        {
            if (value is null)
                continue;
            var bytes = Encoding.UTF8.GetBytes(value, rest[FieldStart..]);
            rest[0] = (byte)field;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)bytes);
            rest = rest[(FieldStart + bytes)..];
        }

        payload.CopyTo(rest);
        return message;
    }

    private static bool TryReadFields(ReadOnlySpan<byte> fields, out PublicationHeader header)
    {
        header = default;
        ReadOnlySpan<byte> key = default, traceparent = default, tracestate = default;
        var isBinary = false;
        while (!fields.IsEmpty)
        {
            if (fields.Length < FieldStart)
                return false;
            var end = FieldStart + BinaryPrimitives.ReadUInt16BigEndian(fields[1..]);
            if (end > fields.Length)
                return false;
            var value = fields[FieldStart..end];
            switch ((PublicationField)fields[0])
            {
                case PublicationField.Key:
                    key = value;
                    break;
                case PublicationField.Traceparent:
                    traceparent = value;
                    break;
                case PublicationField.Tracestate:
                    tracestate = value;
                    break;
                case PublicationField.Binary:
                    isBinary = true;
                    break;
            }

            fields = fields[end..];
        }

        header = new PublicationHeader(HeaderResult.Read) { Key = key, Traceparent = traceparent, Tracestate = tracestate, IsBinary = isBinary };
        return true;
    }
}

/// <summary>What <see cref="PublicationHeader.Read"/> has found.</summary>
public enum HeaderResult
{
    /// <summary>A payload alone.</summary>
    None,

    /// <summary>A header.</summary>
    Read,

    /// <summary>One that a newer node has written: the payload is known, what else it says is not.</summary>
    NewerVersion,

    /// <summary>It begins like one and is none.</summary>
    Malformed,
}
