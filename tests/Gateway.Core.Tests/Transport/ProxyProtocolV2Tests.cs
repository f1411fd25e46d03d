using System.Text;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>proxy-protocol.txt §2.2.</summary>
public class ProxyProtocolV2Tests
{
    private const byte Local = 0x20;
    private const byte Proxy = 0x21;

    private static readonly byte[] V4 = ProxyHeaders.Addresses("203.0.113.9", "192.0.2.1", 4711, 443);
    private static readonly byte[] V6 = ProxyHeaders.Addresses("2001:db8::9", "2001:db8::1", 4711, 443);
    private static readonly byte[] Unix = new byte[216];

    [Theory]
    [InlineData(0x11)]
    [InlineData(0x12)] // the client came by QUIC
    public void Header_OfIPv4_NamesTheAddresses(byte family) =>
        ExpectAddresses(ProxyHeaders.V2(Proxy, family, V4), "203.0.113.9:4711", "192.0.2.1:443");

    [Theory]
    [InlineData(0x21)]
    [InlineData(0x22)]
    public void Header_OfIPv6_NamesTheAddresses(byte family) =>
        ExpectAddresses(ProxyHeaders.V2(Proxy, family, V6), "[2001:db8::9]:4711", "[2001:db8::1]:443");

    [Fact]
    public void Header_OfMappedIPv4_NamesItAsIPv4() =>
        ExpectAddresses(ProxyHeaders.V2(Proxy, 0x21, ProxyHeaders.Addresses("::ffff:1.2.3.4", "::1", 1, 2)), "1.2.3.4:1", "[::1]:2");

    [Fact]
    public void Header_WithTlvs_PassesOverThem() =>
        ExpectAddresses(
            ProxyHeaders.V2(Proxy, 0x11, V4, ProxyHeaders.Tlv(0x01, "h2"u8.ToArray()), ProxyHeaders.Tlv(0x04), ProxyHeaders.Tlv(0xEA, new byte[300])),
            "203.0.113.9:4711",
            "192.0.2.1:443");

    [Theory]
    [InlineData(0x31)]
    [InlineData(0x32)]
    public void Header_OfAUnixSocket_LeavesTheSocketsAddresses(byte family) => ExpectAddresses(ProxyHeaders.V2(Proxy, family, Unix), null, null);

    [Fact]
    public void Header_OfAnUnspecifiedFamily_IsDiscardedWhateverItHolds() =>
        ExpectAddresses(ProxyHeaders.V2(Proxy, 0x00, Encoding.ASCII.GetBytes("whatever it is")), null, null);

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x11)]
    [InlineData(0xFF)] // "the receiver must discard the protocol block including the family which is ignored"
    public void Header_Local_LeavesTheSocketsAddresses(byte family) =>
        ExpectAddresses(ProxyHeaders.V2(Local, family, family == 0x11 ? V4 : [1, 2, 3]), null, null);

    [Fact]
    public void Checksum_Right_IsAccepted()
    {
        ExpectAddresses(WithChecksum(V4, 0x11), "203.0.113.9:4711", "192.0.2.1:443");
        ExpectAddresses(WithChecksum(Unix, 0x31), null, null);
    }

    [Fact]
    public void Checksum_WithAnyBitWrong_IsRefused()
    {
        var header = WithChecksum(V4, 0x11);
        // Behind the fixed part, whose bits have verdicts of their own; without the TLVs' heads, whose do too.
        foreach (var at in Enumerable.Range(16, 12).Concat(Enumerable.Range(31, 4)).Append(header.Length - 1))
        {
            header[at] ^= 0x10;
            Assert.Equal(ProxyProtocolFault.Checksum, ProxyHeaders.Read(header).Fault);
            header[at] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(0x11, 0x11)] // version 1
    [InlineData(0x31, 0x11)]
    [InlineData(0x22, 0x11)] // no such command
    [InlineData(0x2F, 0x11)]
    [InlineData(0x00, 0x11)]
    public void Header_OfAnUnknownVersionOrCommand_IsRefusedAtItsByte(byte command, byte family) =>
        ExpectFault(ProxyHeaders.V2(command, family, V4), ProxyProtocolFault.Malformed, 13);

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x10)]
    [InlineData(0x13)]
    [InlineData(0x20)]
    [InlineData(0x23)]
    [InlineData(0x30)]
    [InlineData(0x41)]
    [InlineData(0xF1)]
    public void Header_OfAnUnlistedFamily_IsRefusedAtItsByte(byte family) =>
        ExpectFault(ProxyHeaders.V2(Proxy, family, V6), ProxyProtocolFault.Malformed, 14);

    [Fact]
    public void Header_TooShortForItsAddresses_IsRefused()
    {
        ExpectFault(ProxyHeaders.V2(Proxy, 0x11, V4[..11]), ProxyProtocolFault.Malformed, 27);
        ExpectFault(ProxyHeaders.V2(Proxy, 0x21, V6[..35]), ProxyProtocolFault.Malformed, 51);
        ExpectFault(ProxyHeaders.V2(Proxy, 0x31, Unix[..215]), ProxyProtocolFault.Malformed, 231);
    }

    [Fact]
    public void Tlv_ThatDoesNotFit_IsRefused()
    {
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.V2(Proxy, 0x11, V4, [4])).Fault);
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.V2(Proxy, 0x11, V4, [4, 0])).Fault);
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.V2(Proxy, 0x11, V4, [4, 0, 1])).Fault);
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.V2(Proxy, 0x11, V4, [4, 0xFF, 0xFF, 1, 2])).Fault);
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.V2(Proxy, 0x11, V4, ProxyHeaders.Tlv(3, 1, 2, 3))).Fault);
        var twice = ProxyHeaders.V2(Proxy, 0x11, V4, ProxyHeaders.Tlv(3, 0, 0, 0, 0), ProxyHeaders.Tlv(3, 0, 0, 0, 0));
        Assert.Equal(ProxyProtocolFault.Malformed, ProxyHeaders.Read(ProxyHeaders.WithChecksum(twice)).Fault);
    }

    [Fact]
    public void Header_OfTheLargestSize_IsReadAndNoneAbove()
    {
        var most = ProxyHeaders.V2(Proxy, 0x11, V4, ProxyHeaders.Tlv(4, new byte[4096 - 16 - 12 - 3]));
        Assert.Equal(4096, most.Length);
        Assert.Equal(4096, ProxyHeaders.Read(most).Consumed);
        ExpectFault(ProxyHeaders.V2(Proxy, 0x11, V4, ProxyHeaders.Tlv(4, new byte[4096 - 16 - 12 - 2])), ProxyProtocolFault.TooLong, 16);
        ExpectFault(ProxyHeaders.V2(Local, 0x00, new byte[65535]), ProxyProtocolFault.TooLong, 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(11)]
    public void Signature_WithAByteWrong_IsNoHeader(int at)
    {
        var header = ProxyHeaders.V2(Proxy, 0x11, V4);
        header[at] ^= 1;
        ExpectFault(header, ProxyProtocolFault.Missing, at + 1);
    }

    private static byte[] WithChecksum(byte[] addresses, byte family) =>
        ProxyHeaders.WithChecksum(ProxyHeaders.V2(Proxy, family, addresses, ProxyHeaders.Tlv(3, 0, 0, 0, 0), ProxyHeaders.Tlv(4, 1, 2)));

    private static void ExpectAddresses(byte[] bytes, string? source, string? destination)
    {
        var (isRead, header, consumed, _, decidedAfter) = ProxyHeaders.Read([.. bytes, .. "GET / HTTP/1.1\r\n"u8]);

        Assert.True(isRead);
        Assert.Equal((bytes.Length, bytes.Length), (consumed, decidedAfter));
        Assert.Equal((source, destination), (header.Source?.ToString(), header.Destination?.ToString()));
    }

    private static void ExpectFault(byte[] bytes, ProxyProtocolFault fault, int after)
    {
        var read = ProxyHeaders.Read(bytes);
        Assert.Equal((false, fault, after), (read.IsRead, read.Fault, read.DecidedAfter));
    }
}
