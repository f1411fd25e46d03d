using System.Diagnostics;
using System.Text;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Brokers;

public sealed class TraceNotesTests
{
    private static readonly ChannelName News = ChannelName.Parse("news");

    private readonly FakeTimeProvider _time = new();
    private readonly TraceNotes _notes;

    public TraceNotesTests() => _notes = new TraceNotes(_time);

    [Fact]
    public void Take_ThePublication_GivesItsTraceOnce()
    {
        var trace = Add("payload");

        Assert.Equal(default, _notes.Take("chat"u8, "payload"u8));
        Assert.Equal(default, _notes.Take("news"u8, "Payload"u8));
        Assert.Equal(trace, _notes.Take("news"u8, "payload"u8).TraceId);
        Assert.Equal(default, _notes.Take("news"u8, "payload"u8));
    }

    [Fact]
    public void Take_TwoOfOnePayload_GivesThemInTheirOrder()
    {
        var (first, second) = (Add("same"), Add("same"));

        Assert.Equal(first, _notes.Take("news"u8, "same"u8).TraceId);
        Assert.Equal(second, _notes.Take("news"u8, "same"u8).TraceId);
    }

    [Fact]
    public void Take_AfterASecond_GivesNone()
    {
        Add("late");
        _time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal(default, _notes.Take("news"u8, "late"u8));
        Assert.Equal(0, _notes.Count);
    }

    [Fact]
    public void Add_MoreThanMayWait_ForgetsTheOldest()
    {
        for (var i = 0; i < 100; i++)
            Add($"{i}");

        Assert.Equal(64, _notes.Count);
        Assert.Equal(default, _notes.Take("news"u8, "35"u8));
        Assert.NotEqual(default, _notes.Take("news"u8, "36"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"v":1,"op":"trace","channel":7}""")]
    [InlineData("""{"v":1,"op":"trace","bytes":1e99}""")]
    public void TryParse_WhatIsNoNote_IsNull(string json) => Assert.Null(TraceNote.TryParse(Encoding.UTF8.GetBytes(json)));

    private ActivityTraceId Add(string payload)
    {
        using var span = new Activity("publish").Start();
        _notes.Add(TraceNote.TryParse(TraceNote.Of(News, Encoding.UTF8.GetBytes(payload), span))!);
        return span.TraceId;
    }
}
