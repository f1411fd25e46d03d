using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Core.Tests.Brokers;

public sealed class KeyedPublicationTests
{
    [Theory]
    [InlineData("""{"a" : 1.0}""", true)]
    [InlineData(" text \"quoted\" ", false)]
    [InlineData("", false)]
    public void Envelope_OfAKeyedPublication_IsReadBackByteForByte(string payload, bool isJson)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);

        var command = BrokerCommand.TryParse(KeyedPublication.Of(ChannelName.Parse("prices:\"é"), bytes, isJson, "a\"b", trace: null).Span);

        Assert.NotNull(command);
        Assert.Equal((1, "prices:\"é", "a\"b", null), (command.Version, Assert.Single(command.Channels!), command.Key.GetString(), command.Operation));
        Assert.Equal(payload, isJson ? command.Data.GetRawText() : Encoding.UTF8.GetString(command.Binary!));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Envelope_WhoseKeyIsNoText_IsAPublicationAllTheSame(string key)
    {
        var command = BrokerCommand.TryParse(Encoding.UTF8.GetBytes($$"""{"v":1,"channels":["a"],"data":1,"key":{{key}}}"""));

        Assert.NotEqual(JsonValueKind.String, command!.Key.ValueKind);
        Assert.Equal("1", command.Data.GetRawText());
    }
}
