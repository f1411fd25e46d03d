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
        Assert.Equal(payload, isJson ? Encoding.UTF8.GetString(command.Data.Span) : Encoding.UTF8.GetString(command.Binary!));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Envelope_WhoseKeyIsNoText_IsAPublicationAllTheSame(string key)
    {
        var command = BrokerCommand.TryParse(Encoding.UTF8.GetBytes($$"""{"v":1,"channels":["a"],"data":1,"key":{{key}}}"""));

        Assert.NotEqual(JsonValueKind.String, command!.Key.ValueKind);
        Assert.Equal("1", Encoding.UTF8.GetString(command.Data.Span));
    }

    [Theory]
    [InlineData("""{"v":1,"d\u0061ta":[1, 2],"ch\u0061nnels":["a"]}""", "[1, 2]")]
    [InlineData("""{"v":1,"channels":["a"],"data":1,"data":2,"x":[[[]]]}""", "2")]
    [InlineData("""{"v":1,"channels":["a"],"data":null}""", "null")]
    [InlineData("""{"v":1,"channels":["a"],"text":"t"}""", "")]
    public void Envelope_ItsData_IsAsItStands(string json, string data)
    {
        var command = BrokerCommand.TryParse(Encoding.UTF8.GetBytes(json));

        Assert.Equal("a", Assert.Single(command!.Channels!));
        Assert.Equal(data, Encoding.UTF8.GetString(command.Data.Span));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"v":1}x""")]
    [InlineData("""{"v":1,"channels":"a"}""")]
    public void Envelope_ThatIsNone_IsNone(string json) => Assert.Null(BrokerCommand.TryParse(Encoding.UTF8.GetBytes(json)));
}
