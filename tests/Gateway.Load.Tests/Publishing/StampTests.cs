using Gateway.Load.Publishing;

namespace Gateway.Load.Tests.Publishing;

public class StampTests
{
    [Theory]
    [InlineData(Stamp.MinBytes)]
    [InlineData(128)]
    [InlineData(4096)]
    public void Write_AnySize_IsReadBackAndIsJson(int size)
    {
        var bytes = new byte[size];
        var written = new Stamp(17, 1_234_567, 9_876_543_210_123);
        written.Write(bytes);
        Assert.True(Stamp.TryRead(bytes, out var read));
        Assert.Equal(written, read);
        using var json = System.Text.Json.JsonDocument.Parse(bytes);
        Assert.Equal("00017", json.RootElement.GetProperty("c").GetString());
    }

    [Fact]
    public void TryRead_InsideAMessage_FindsIt()
    {
        var payload = new byte[100];
        new Stamp(0, 1, 2).Write(payload);
        byte[] message = [.. "{\"type\":\"message\",\"channel\":\"c\",\"data\":"u8, .. payload, .. "}"u8];
        Assert.True(Stamp.TryRead(message, out var read));
        Assert.Equal(new Stamp(0, 1, 2), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"type\":\"ok\",\"id\":1,\"channel\":\"load-0\"}")]
    [InlineData("{\"c\":\"00001")]
    public void TryRead_SomethingElse_SaysSo(string message) => Assert.False(Stamp.TryRead(System.Text.Encoding.UTF8.GetBytes(message), out _));
}
