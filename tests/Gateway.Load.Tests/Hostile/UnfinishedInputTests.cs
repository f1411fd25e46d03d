using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Hostile;

namespace Gateway.Load.Tests.Hostile;

public class UnfinishedInputTests
{
    [Fact]
    public void Request_Sent_KeepsWithinTheLimitsAndDoesNotEnd()
    {
        var text = Encoding.ASCII.GetString(UnfinishedInput.Request);
        Assert.DoesNotContain("\r\n\r\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 32_000, 32 * 1024);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 1, 8 * 1024));
    }

    [Fact]
    public void ProxyHeader_Sent_LacksAByteOfWhatItAnnounces()
    {
        var header = UnfinishedInput.ProxyHeader;
        Assert.Equal("\r\n\r\n\0\r\nQUIT\n"u8.ToArray(), header[..12]);
        Assert.Equal(16 + ((header[14] << 8) | header[15]) - 1, header.Length);
        Assert.InRange(header.Length + 1, 4000, 4096);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4096)]
    [InlineData(1024 * 1024)]
    public void Message_Sent_LacksAByte(int length)
    {
        var part = UnfinishedInput.Message(length);
        Assert.True(FrameHeader.TryDecode(part, out var header, out var size));
        Assert.True(header.Fin);
        Assert.Equal(length, header.PayloadLength);
        Assert.Equal(size + length - 1, part.Length);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4098, 2)]
    [InlineData(1024 * 1024, 256)]
    public void Fragments_Sent_AreOneMessageThatLacksAByteAndItsEnd(int length, int frames)
    {
        ReadOnlySpan<byte> left = UnfinishedInput.Fragments(length);
        var (sum, count) = (0L, 0);
        while (FrameHeader.TryDecode(left, out var header, out var size))
        {
            Assert.False(header.Fin);
            Assert.Equal(count++ == 0 ? Opcode.Text : Opcode.Continuation, header.Opcode);
            sum += header.PayloadLength;
            left = left[(size + (int)header.PayloadLength)..];
        }

        Assert.True(left.IsEmpty);
        Assert.Equal((length - 1, frames), (sum, count));
    }

    [Fact]
    public void Subscriptions_Asked_NameEachChannelOnceInOneLine()
    {
        var line = Encoding.ASCII.GetString(UnfinishedInput.Subscriptions(1000, "f9.")).Split("\r\n")[0];
        var names = line.Split(' ')[1]["/plain/".Length..].Split(',');
        Assert.Equal(1000, names.Distinct().Count());
        Assert.All(names, name => Assert.StartsWith("f9.", name, StringComparison.Ordinal));
        Assert.InRange(line.Length, 1, 8 * 1024);
    }
}
