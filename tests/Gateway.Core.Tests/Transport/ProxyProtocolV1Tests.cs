using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

/// <summary>proxy-protocol.txt §2.1.</summary>
public class ProxyProtocolV1Tests
{
    private const string Longest6 = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";

    [Theory]
    [InlineData("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324", "192.168.0.11:443")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:DB8::1 ::1 1 2\r\n", "[2001:db8::1]:1", "[::1]:2")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n", "192.0.2.1:1", "192.0.2.2:2")]
    [InlineData(Longest6, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    public void Line_WithAddresses_NamesThem(string line, string source, string destination)
    {
        var (isRead, header, consumed, _, decidedAfter) = ProxyHeaders.Read(line + "GET / HTTP/1.1\r\n");

        Assert.True(isRead);
        Assert.Equal((line.Length, line.Length), (consumed, decidedAfter));
        Assert.Equal((source, destination), (header.Source?.ToString(), header.Destination?.ToString()));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN ffff::1 ::1 1 2\r\n")]
    [InlineData("PROXY UNKNOWN anything at all \u0001\r\n")]
    public void Line_OfAnUnknownFamily_LeavesTheSocketsAddresses(string line)
    {
        var (isRead, header, consumed, _, _) = ProxyHeaders.Read(line + "x");

        Assert.True(isRead);
        Assert.Equal((default, line.Length), (header, consumed));
    }

    [Theory]
    [InlineData(107, true)]
    [InlineData(108, false)]
    public void Line_OfTheLargestSize_IsReadAndNoneAbove(int bytes, bool isRead)
    {
        var line = "PROXY UNKNOWN ".PadRight(bytes - 2, 'x') + "\r\n";

        Assert.Equal((isRead, isRead ? ProxyProtocolFault.None : ProxyProtocolFault.TooLong), (ProxyHeaders.Read(line).IsRead, ProxyHeaders.Read(line).Fault));
        Assert.Equal(isRead ? 107 : 106, ProxyHeaders.Read(line + "GET").DecidedAfter);
    }

    [Theory]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4\t1.2.3.4\t1.2.3.4\t1\t2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")] // "heading zeroes are not permitted"
    [InlineData("PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP6 [::1] ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 ::1%1 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 1::2::3 ::1 1 2\r\n")]
    [InlineData("PROXY TCP6 12345::1 ::1 1 2\r\n")]
    [InlineData("PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n")]
    [InlineData("PROXY UNKNOWNX\r\n")]
    [InlineData("PROXY unknown\r\n")]
    [InlineData("PROXY UNKNOWN\n")]
    [InlineData("PROXY UNKNOWN\rx")]
    [InlineData("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n")]
    public void Line_Malformed_IsRefused(string line) =>
        Assert.Equal((false, ProxyProtocolFault.Malformed), (ProxyHeaders.Read(line).IsRead, ProxyHeaders.Read(line).Fault));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 1)]
    [InlineData("POST / HTTP/1.1\r\n", 2)]
    [InlineData("proxy TCP4", 1)]
    [InlineData("PROXY\tTCP4", 6)]
    [InlineData("\u0016\u0003\u0001", 1)] // a TLS hello
    [InlineData("\r\nPROXY UNKNOWN", 3)]
    [InlineData("\n", 1)]
    public void Stream_WithoutAHeader_IsRefusedAtTheByteThatShowsIt(string begin, int after)
    {
        var (isRead, _, _, fault, decidedAfter) = ProxyHeaders.Read(begin);

        Assert.Equal((false, ProxyProtocolFault.Missing, after), (isRead, fault, decidedAfter));
    }
}
