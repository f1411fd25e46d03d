using System.Net.Security;

namespace Gateway.Load.Hostile;

/// <summary>The beginning of a TLS handshake that does not go on.</summary>
internal static class ClientHello
{
    private const int HalfBytes = 31;

    /// <summary>All of what a client says first, as <see cref="SslStream"/> says it.</summary>
    public static byte[] Whole { get; } = Capture();

    /// <summary>The record's header, and little more.</summary>
    public static byte[] Half { get; } = Whole[..HalfBytes];

    private static byte[] Capture()
    {
        using var ears = new Ears();
        using var tls = new SslStream(ears);
        try
        {
            tls.AuthenticateAsClient("localhost");
        }
        catch (IOException)
        {
            // Nobody answers.
        }

        return ears.Said.ToArray();
    }

    /// <summary>Hears what is said, and then ends.</summary>
    private sealed class Ears : Stream
    {
        public MemoryStream Said { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override void Write(byte[] buffer, int offset, int count) => Said.Write(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
