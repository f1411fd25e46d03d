using System.IO.Compression;
using System.Text.Json;
using Gateway.Core.Framing;
using Gateway.Load.Hostile;

namespace Gateway.Load.Tests.Hostile;

public class CompressedMessageTests
{
    private const int Length = 1024 * 1024 - 64;

    [Fact]
    public void Part_Decompressed_IsNearlyAllOfAMessageThatHasNotEnded()
    {
        var part = CompressedMessage.Part(Length);
        Assert.InRange(part.Length, 500, 2048);
        var (header, text) = Inflate(part);
        Assert.False(header.Fin);
        Assert.Equal(FrameHeader.Rsv1, header.Rsv);
        Assert.InRange(text.Length, Length * 99 / 100, Length);
    }

    [Fact]
    public void Costly_Decompressed_IsAMessageOfManyFields()
    {
        var message = CompressedMessage.Costly(Length);
        Assert.InRange(message.Length, 500, 4096);
        var (header, text) = Inflate(message);
        Assert.True(header.Fin);
        Assert.Equal(FrameHeader.Rsv1, header.Rsv);
        Assert.InRange(text.Length, Length * 99 / 100, Length);
        using var json = JsonDocument.Parse(text);
        Assert.Equal("ping", json.RootElement.GetProperty("type").GetString());
        Assert.InRange(json.RootElement.EnumerateObject().Count(), 80_000, 200_000);
    }

    private static (FrameHeader Header, byte[] Text) Inflate(byte[] frame)
    {
        Assert.True(FrameHeader.TryDecode(frame, out var header, out var size));
        Assert.Equal(frame.Length, size + header.PayloadLength);
        Assert.Equal(0u, header.MaskKey);
        byte[] compressed = header.Fin ? [.. frame.AsSpan(size), 0, 0, 0xff, 0xff] : frame[size..];
        using var inflater = new DeflateStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var text = new MemoryStream();
        var room = new byte[64 * 1024];
        // Not CopyTo: data that lacks its end is an error there, once all before it has been read.
        for (int read; (read = Read(inflater, room)) > 0;)
            text.Write(room, 0, read);
        return (header, text.ToArray());
    }

    private static int Read(DeflateStream inflater, byte[] room)
    {
        try
        {
            return inflater.Read(room);
        }
        catch (InvalidDataException)
        {
            return 0;
        }
    }
}
