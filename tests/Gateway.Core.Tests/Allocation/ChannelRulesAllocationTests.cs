using Gateway.Core.Access;
using Gateway.Core.Channels;
using Gateway.Core.Options;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Allocation;

/// <summary>Rules that decide by themselves cost nothing that the collector would have to take back.</summary>
public sealed class ChannelRulesAllocationTests
{
    [Fact]
    public void Judge_RulesThatDecideByThemselves_AllocatesNothing()
    {
        var rules = new ChannelRules(
        [
            new RuleOptions { Pattern = "user:{sub}" },
            new RuleOptions { Pattern = "team:{team}:*", Publish = RuleAudience.Claim },
            new RuleOptions { Pattern = "paid:*", Subscribe = RuleAudience.Authenticated },
            new RuleOptions { Pattern = "*" },
        ]);
        var client = new ClientIdentity
        {
            Subject = "alice",
            Claims = new Dictionary<string, string> { ["team"] = "red" },
            Grants = [new ChannelGrant("x:*", true, true), new ChannelGrant("team:red:*", true, true)],
        };
        ChannelName[] channels = [.. ((string[])["user:alice", "user:bob", "team:red:chat", "team:blue:chat", "paid:1", "news"]).Select(ChannelName.Parse)];
        var allowed = 0;

        Assert.Equal(0, Allocations.Least(3, () =>
        {
            foreach (var channel in channels)
            {
                allowed += rules.Judge(channel, client, ChannelAction.Subscribe).IsAllowed ? 1 : 0;
                allowed += rules.Judge(channel, client, ChannelAction.Publish).IsAllowed ? 1 : 0;
                allowed += rules.Judge(channel, ClientIdentity.Anonymous, ChannelAction.Subscribe).IsAllowed ? 1 : 0;
            }
        }));
        Assert.True(allowed > 0);
    }
}
