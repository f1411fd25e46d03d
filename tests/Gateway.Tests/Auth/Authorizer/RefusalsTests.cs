using System.Net;
using Gateway.Auth.Authorizer;
using Gateway.Core.Access;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Auth.Authorizer;

public sealed class RefusalsTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly AuthorizerVerdict No = new(AccessResult.Forbidden, "Pay first.");
    private static readonly AuthorizerVerdict Yes = new(AccessResult.Allowed, "");
    private static readonly AuthorizerVerdict Away = new(AccessResult.Unavailable, "");

    private readonly FakeTimeProvider _time = new();
    private readonly Refusals _refusals;

    public RefusalsTests() => _refusals = new Refusals(1000, Life, _time);

    [Fact]
    public void WhileAway_WhatWasRefused_StaysSoForItsLife()
    {
        _refusals.OnVerdict(User("alice", "a"), No, TimeSpan.Zero);
        _refusals.OnVerdict(User("alice", "b"), No, TimeSpan.FromHours(1));
        Assert.Equal(No, _refusals.WhileAway(User("alice", "a")));
        Assert.Equal(Away, _refusals.WhileAway(User("bob", "a")));
        Assert.Equal(Away, _refusals.WhileAway(User("alice", "a", ChannelAction.Publish)));

        _time.Advance(Life);
        Assert.Equal(Away, _refusals.WhileAway(User("alice", "a")));
        Assert.Equal(No, _refusals.WhileAway(User("alice", "b")));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Away, _refusals.WhileAway(User("alice", "b")));
    }

    [Fact]
    public void WhileAway_WhatWasAllowedSince_IsNoRefusalAnyMore()
    {
        _refusals.OnVerdict(User("alice", "a"), No, TimeSpan.Zero);
        _refusals.OnVerdict(User("alice", "a"), Yes, TimeSpan.Zero);
        Assert.Equal(Away, _refusals.WhileAway(User("alice", "a")));
    }

    [Fact]
    public void WhileAway_ARefusedAnonymousClient_DoesNotGetInAsAnother()
    {
        _refusals.OnVerdict(Anonymous("c1", "a"), No, TimeSpan.Zero);
        _refusals.OnVerdict(Anonymous("c2", "a"), Yes, TimeSpan.Zero);
        Assert.Equal(No, _refusals.WhileAway(Anonymous("c3", "a", address: "10.0.0.9")));
        Assert.Equal(Away, _refusals.WhileAway(User("alice", "a")));
    }

    [Fact]
    public void WhileAway_AfterAFloodOfForbiddenNames_IsClosedForWhoMadeItAlone()
    {
        _refusals.OnVerdict(User("victim", "secret"), No, TimeSpan.Zero);
        _refusals.OnVerdict(User("mallory", "secret"), No, TimeSpan.Zero);
        for (var i = 0; i < 10_000; i++)
            _refusals.OnVerdict(User("mallory", $"n{i}"), No, TimeSpan.Zero);

        Assert.InRange(_refusals.Count, 1, 1250);
        Assert.Equal(No, _refusals.WhileAway(User("victim", "secret")));
        var mallory = _refusals.WhileAway(User("mallory", "secret"));
        Assert.Equal((AccessResult.Unavailable, true), (mallory.Result, mallory.FailsClosed));
        Assert.Equal(Away, _refusals.WhileAway(User("bob", "secret")));
        Assert.Equal(Away, _refusals.WhileAway(Anonymous("c1", "secret")));

        _time.Advance(Life);
        _refusals.Prune();
        Assert.Equal(0, _refusals.Count);
        Assert.Equal(Away, _refusals.WhileAway(User("mallory", "secret")));
    }

    [Fact]
    public void WhileAway_AfterAFloodOfAnonymousClients_IsClosedForAllOfThem()
    {
        for (var i = 0; i < 10_000; i++)
            _refusals.OnVerdict(Anonymous($"c{i}", $"n{i}"), No, TimeSpan.Zero);
        Assert.True(_refusals.WhileAway(Anonymous("new", "n0", address: "10.0.0.9")).FailsClosed);
        Assert.False(_refusals.WhileAway(User("alice", "n0")).FailsClosed);
    }

    [Fact]
    public void WhileAway_MoreUsersThanFitAreForgotten_IsClosedForUsers()
    {
        for (var i = 0; i < 20_000; i++)
            _refusals.OnVerdict(User($"u{i}", "a"), No, TimeSpan.Zero);
        Assert.Equal(AccessResult.Forbidden, _refusals.WhileAway(User("u19999", "a")).Result);
        Assert.All(Enumerable.Range(0, 20_000), i =>
            Assert.True(_refusals.WhileAway(User($"u{i}", "a")) is { Result: AccessResult.Forbidden } or { FailsClosed: true }));
    }

    private static AuthorizerQuestion User(string name, string channel, ChannelAction action = ChannelAction.Subscribe) =>
        new(new ClientIdentity { Subject = name }, "c1", channel, action);

    private static AuthorizerQuestion Anonymous(string connection, string channel, string address = "10.0.0.1") =>
        new(ClientIdentity.Anonymous, connection, channel, ChannelAction.Subscribe, new IPEndPoint(IPAddress.Parse(address), 1));
}
