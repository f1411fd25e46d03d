using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Scenarios.Parts;

namespace Gateway.Load.Tests.Scenarios.Parts;

public class ServerEndingTests
{
    private static readonly byte[] Upgraded = Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    private static readonly byte[] Refused = Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");

    [Fact]
    public void Take_CloseFrameBehindOthers_IsFoundHoweverTheBytesAreCut()
    {
        byte[] bytes = [.. Upgraded, .. Frame(Opcode.Text, new byte[30]), .. Frame(Opcode.Text, new byte[5000]), .. Frame(Opcode.Ping, []), .. Frame(Opcode.Close, [1013 >> 8, 1013 & 0xff, (byte)'x'])];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var ending = new ServerEnding(isUpgrading: true);
            ending.Take(bytes.AsSpan(0, cut));
            ending.Take(bytes.AsSpan(cut));
            Assert.True(ending.IsOpen);
            Assert.Equal(1013, ending.Code);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Take_Refusal_IsItsStatus(bool isUpgrading)
    {
        for (var cut = 0; cut <= Refused.Length; cut++)
        {
            var ending = new ServerEnding(isUpgrading);
            ending.Take(Refused.AsSpan(0, cut));
            ending.Take(Refused.AsSpan(cut));
            Assert.False(ending.IsOpen);
            Assert.Equal(503, ending.Code);
        }
    }

    [Fact]
    public void Take_CloseFrameWithoutCode_SaysSo()
    {
        var ending = new ServerEnding(isUpgrading: true);
        ending.Take([.. Upgraded, .. Frame(Opcode.Close, [])]);
        Assert.Equal((int)CloseCode.NoStatus, ending.Code);
    }

    [Fact]
    public void Take_WhatIsNoAnswer_EndsNothing()
    {
        var ending = new ServerEnding(isUpgrading: false);
        ending.Take(new byte[100_000]);
        Assert.Equal(0, ending.Code);
    }

    private static byte[] Frame(Opcode opcode, byte[] payload)
    {
        var bytes = new byte[FrameHeader.MaxSize];
        return [.. bytes.AsSpan(0, new FrameHeader(fin: true, rsv: 0, opcode, payload.Length).Write(bytes)), .. payload];
    }
}
