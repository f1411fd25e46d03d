using Gateway.Load.Hostile;

namespace Gateway.Load.Tests.Hostile;

public class ClientHelloTests
{
    [Fact]
    public void Whole_Captured_IsOneRecordOfOneHello()
    {
        var hello = ClientHello.Whole;
        Assert.Equal(22, hello[0]); // RFC 8446 §5.1: handshake
        Assert.Equal(hello.Length, 5 + ((hello[3] << 8) | hello[4]));
        Assert.Equal(1, hello[5]); // §4: client_hello
        Assert.Equal(hello.Length, 9 + ((hello[6] << 16) | (hello[7] << 8) | hello[8]));
    }

    [Fact]
    public void Half_OfIt_IsItsBeginning() => Assert.Equal(ClientHello.Whole[..31], ClientHello.Half);
}
