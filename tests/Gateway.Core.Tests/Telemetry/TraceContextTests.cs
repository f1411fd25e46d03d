using System.Diagnostics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

/// <summary>W3C Trace Context §3.2 and §3.3.</summary>
public sealed class TraceContextTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736", SpanId = "00f067aa0ba902b7";

    [Theory]
    [InlineData("01", ActivityTraceFlags.Recorded)]
    [InlineData("00", ActivityTraceFlags.None)]
    [InlineData("03", ActivityTraceFlags.Recorded | (ActivityTraceFlags)2)] // §3.2.2.5: other bits are none of our business
    public void Parse_Traceparent_IsRead(string flags, ActivityTraceFlags expected)
    {
        var context = TraceContext.Parse($"00-{TraceId}-{SpanId}-{flags}", "vendor=1,other=2");

        Assert.Equal((TraceId, SpanId), (context.TraceId.ToHexString(), context.SpanId.ToHexString()));
        Assert.Equal(expected & ActivityTraceFlags.Recorded, context.TraceFlags & ActivityTraceFlags.Recorded);
        Assert.Equal("vendor=1,other=2", context.TraceState);
        Assert.True(context.IsRemote);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00-" + TraceId + "-" + SpanId)]
    [InlineData("00-" + TraceId + "-" + SpanId + "-0g")]
    [InlineData("ff-" + TraceId + "-" + SpanId + "-01")] // §3.2.2.1: version 255 is invalid
    [InlineData("00-00000000000000000000000000000000-" + SpanId + "-01")]
    [InlineData("00-" + TraceId + "-0000000000000000-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SpanId + "-01")]
    public void Parse_WhatIsNoTraceparent_IsNone(string? text) => Assert.Equal(default, TraceContext.Parse(text, "vendor=1"));

    [Theory]
    [InlineData("")]
    [InlineData("vendor=\n")]
    [InlineData("vendor=é")]
    public void Parse_ATracestateThatIsNone_IsLeftOut(string state) => Assert.Null(TraceContext.Parse($"00-{TraceId}-{SpanId}-01", state).TraceState);

    [Fact]
    public void Parse_ATracestateAboveTheBound_IsLeftOut()
    {
        Assert.Equal(512, TraceContext.Parse($"00-{TraceId}-{SpanId}-01", new string('a', 512)).TraceState!.Length);
        Assert.Null(TraceContext.Parse($"00-{TraceId}-{SpanId}-01", new string('a', 513)).TraceState);
    }
}
