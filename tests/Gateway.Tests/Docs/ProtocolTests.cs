using System.Text;
using Gateway.Core.Brokers;
using Gateway.Docs;
using Gateway.Redis;

namespace Gateway.Tests.Docs;

/// <summary>What docs/protocol.md shows of nodes' questions is what nodes write and read.</summary>
public class ProtocolTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"));

    [Fact]
    public void Question_OfThePage_IsAsANodeWritesIt()
    {
        var json = Published("gateway:cmd");

        var question = NodeQuestion.TryParse(json);

        Assert.NotNull(question);
        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(question.ToJson()));
    }

    [Fact]
    public void Answer_OfThePage_IsAsANodeWritesIt_AndGoesToTheOneThatAsked()
    {
        var question = NodeQuestion.TryParse(Published("gateway:cmd"))!;
        var json = Published(Encoding.UTF8.GetString(new RedisKeys("gateway:", "gw-2").ReplyTo(question.From)));

        var answer = NodeAnswer.TryParse(json);

        Assert.NotNull(answer);
        Assert.Equal(question.Id, answer.Id);
        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(answer.ToJson()));
    }

    /// <summary>What the page publishes to a channel of Redis; its examples of payloads stand in tables.</summary>
    private static byte[] Published(string key)
    {
        var line = Page.Split('\n').Single(line => line.StartsWith($"PUBLISH {key} ", StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(line[line.IndexOf('{', StringComparison.Ordinal)..]);
    }
}
