using Gateway.Core.Access;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Access;

public sealed class RevocationsTests
{
    private static readonly DateTimeOffset Moment = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(Moment);
    private readonly Revocations _revocations;

    public RevocationsTests() => _revocations = new Revocations(_time);

    /// <summary>An issuer whose clock is ahead dates what it issued before the revocation after it.</summary>
    [Theory]
    [InlineData(-86_400_000, true)]
    [InlineData(0, true)]
    [InlineData(29_999, true)]
    [InlineData(30_000, true)] // the last moment of a clock that is ahead by all that is allowed
    [InlineData(30_001, false)]
    [InlineData(86_400_000, false)]
    public void Cover_ATokenIssuedByAClockThatIsAhead_CountsAsOlder(int milliseconds, bool isCovered)
    {
        Revoke("u1");

        Assert.Equal(isCovered, _revocations.Cover(Of("u1", Moment.AddMilliseconds(milliseconds)), Skew));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)] // nobody can say which came first
    [InlineData(1, false)]
    public void Cover_WithoutAnySkew_EndsWithItsMoment(int milliseconds, bool isCovered)
    {
        Revoke("u1");

        Assert.Equal(isCovered, _revocations.Cover(Of("u1", Moment.AddMilliseconds(milliseconds)), TimeSpan.Zero));
    }

    [Fact]
    public void Cover_ATokenThatDoesNotSayWhen_AndNobodyElses()
    {
        Revoke("u1");

        Assert.True(_revocations.Cover(Of("u1", null), Skew));
        Assert.False(_revocations.Cover(Of("u2", null), Skew));
        Assert.False(_revocations.Cover(ClientIdentity.Anonymous, Skew));
    }

    /// <summary>An id names one token, whenever it was issued: no clock counts.</summary>
    [Fact]
    public void Cover_ATokenById_IsCoveredWhateverItsMoment()
    {
        _revocations.Add(new Revocation { TokenId = "t1", At = Ms(Moment), Until = Ms(Moment.AddHours(1)) });

        Assert.True(_revocations.Cover(Of("u1", Moment.AddMinutes(20), "t1"), Skew));
        Assert.False(_revocations.Cover(Of("u1", Moment.AddMinutes(-20), "t2"), Skew));
    }

    /// <summary>Whoever can publish at the broker may write what it likes: a user is not kept out for ever by a number.</summary>
    [Theory]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue - 30_000, 9_000_000_000_000_000)]
    public void Add_AMomentFarAhead_CountsAsOneOfNow_AndIsForgottenInAYear(long at, long until)
    {
        _revocations.Add(new Revocation { User = "u1", At = at, Until = until });

        Assert.True(_revocations.Cover(Of("u1", Moment), Skew));
        Assert.False(_revocations.Cover(Of("u1", Moment.AddMinutes(11)), Skew));
        _time.Advance(TimeSpan.FromDays(365));
        _revocations.Prune();
        Assert.Equal(0, _revocations.Count);
    }

    [Theory]
    [InlineData(long.MinValue, long.MinValue)]
    [InlineData(0, -1)]
    public void Add_WhatIsOverAlready_IsNotKept(long at, long until)
    {
        Assert.True(_revocations.Add(new Revocation { User = "u1", At = at, Until = until }));
        Assert.Equal(0, _revocations.Count);
    }

    private void Revoke(string user) => _revocations.Add(new Revocation { User = user, At = Ms(Moment), Until = Ms(Moment.AddHours(1)) });

    private static ClientIdentity Of(string user, DateTimeOffset? issued, string? id = null) => new() { Subject = user, IssuedAt = issued, TokenId = id };

    private static long Ms(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds();
}
