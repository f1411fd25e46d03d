using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;
using Gateway.Core.Channels;

namespace Gateway.Core.Tests.Brokers;

public sealed class OutgoingPublicationTests
{
    private static readonly ChannelName Channel = ChannelName.Parse("prices:\"é");

    [Theory]
    [InlineData("""{"a" : 1.0}""", true)]
    [InlineData(" text \"quoted\" ", false)]
    [InlineData(" 1", false)]
    [InlineData("", false)]
    public void Envelope_OfAPublicationWithAKey_IsReadBackByteForByte(string payload, bool isVerbatim)
    {
        var command = Relayed(Encoding.UTF8.GetBytes(payload), "a\"b", isBinary: false);

        Assert.Equal((1, "prices:\"é", "a\"b", null), (command.Version, Assert.Single(command.Channels!), command.Key.GetString(), command.Operation));
        Assert.Equal(payload, Encoding.UTF8.GetString(isVerbatim ? command.Data.Span : command.Binary!));
        Assert.False(command.Opaque);
    }

    [Theory]
    [InlineData("010203", null)]
    [InlineData("31", null)] // a number, to who takes it for text
    [InlineData("", null)]
    [InlineData("31", "k")]
    public void Envelope_OfBytesThatCouldBeText_SaysThatTheyAreBytes(string hex, string? key)
    {
        var command = Relayed(Convert.FromHexString(hex), key, isBinary: true);

        Assert.Equal((true, hex, key), (command.Opaque, Convert.ToHexString(command.Binary!), command.Key.ValueKind == JsonValueKind.String ? command.Key.GetString() : null));
    }

    [Theory]
    [InlineData("00FF", true, false)]
    [InlineData("31", false, false)]
    [InlineData("31", true, true)]
    public void Publication_WithoutAKey_TravelsBareUnlessItsBytesCouldBeText(string hex, bool isBinary, bool needsEnvelope) =>
        Assert.Equal(needsEnvelope, new OutgoingPublication(Channel, Convert.FromHexString(hex), null, isBinary).NeedsEnvelope);

    [Theory]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("null")]
    [InlineData("false")]
    public void Envelope_WhoseOpaqueIsNotTrue_IsAPublicationAllTheSame(string opaque)
    {
        var command = BrokerCommand.TryParse(Encoding.UTF8.GetBytes($$"""{"v":1,"channels":["a"],"binary":"AQID","opaque":{{opaque}}}"""));

        Assert.False(command!.Opaque);
        Assert.Equal(3, command.Binary!.Length);
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

    private static BrokerCommand Relayed(byte[] payload, string? key, bool isBinary) =>
        BrokerCommand.TryParse(new OutgoingPublication(Channel, payload, key, isBinary).ToEnvelope(trace: null).Span)!;
}
