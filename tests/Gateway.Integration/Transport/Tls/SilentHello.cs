using System.Net.Security;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Transport.Tls;

/// <summary>A client's first record as a real client makes it, for clients that say no more, or not even all of it.</summary>
internal static class SilentHello
{
    public static async Task<byte[]> OfAsync(TestCertificates certificates)
    {
        using var said = new MemoryStream();
        await using var client = new SslStream(new Mouth(said));
        await Assert.ThrowsAnyAsync<IOException>(() => client.AuthenticateAsClientAsync(certificates.Client()));
        return said.ToArray();
    }

    /// <summary>Keeps what is written, and has nothing to read.</summary>
    private sealed class Mouth(MemoryStream said) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override void Write(byte[] buffer, int offset, int count) => said.Write(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
