using System.Buffers.Binary;

namespace Gateway.Core.Transport.Tls;

/// <summary>
/// The header of a record, RFC 8446 §5.1.
/// <code>
///  0               1               2               3               4
/// +---------------+---------------+---------------+---------------+---------------+
/// | content type  |    version: 3, 0 to 4         |  length of what follows       |
/// +---------------+---------------+---------------+---------------+---------------+
/// </code>
/// </summary>
internal static class TlsRecord
{
    public const int HeaderBytes = 5;
    public const byte Handshake = 22;
    public const byte ApplicationData = 23;

    /// <summary>
    /// The most that may follow a header: what TLS 1.2 allows (RFC 5246 §6.2.3), since the version is not known yet when the first record comes.
    /// TLS 1.3 allows less, which the library sees to.
    /// </summary>
    public const int MaxPayloadBytes = (16 * 1024) + 2048;

    public const int MaxBytes = HeaderBytes + MaxPayloadBytes;

    public const byte UnexpectedMessage = 10; // RFC 8446 §6.2, as the next
    public const byte RecordOverflow = 22;
    public const byte InternalError = 80;

    private const byte ChangeCipherSpec = 20;
    private const byte MajorVersion = 3;

    /// <summary>Header and what follows it.</summary>
    public static int Length(ReadOnlySpan<byte> header) => HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(header[3..]);

    /// <summary>The alert that a header is answered with; 0: it is a record's.</summary>
    public static byte Judge(ReadOnlySpan<byte> header)
    {
        if (header[0] is < ChangeCipherSpec or > ApplicationData || header[1] != MajorVersion)
            return UnexpectedMessage;
        return Length(header) > MaxBytes ? RecordOverflow : (byte)0;
    }

    /// <summary>A fatal alert, before anything is encrypted.</summary>
    public static byte[] FatalAlert(byte description) => [21, MajorVersion, MajorVersion, 0, 2, 2, description];
}
