using System.Text;
using System.Text.Json;
using Gateway.Core.Brokers;

namespace Gateway.Core.Tests.Brokers;

public sealed class EnvelopeTests
{
    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Envelope_WhoseKeyIsNoText_IsAPublicationAllTheSame(string key)
    {
        var envelope = Envelope.TryParse(Encoding.UTF8.GetBytes($$"""{"v":1,"channels":["a"],"data":1,"key":{{key}}}"""));

        Assert.NotEqual(JsonValueKind.String, envelope!.Key.ValueKind);
        Assert.Equal("1", Encoding.UTF8.GetString(envelope.Data.Span));
    }

    [Theory]
    [InlineData("""{"v":1,"d\u0061ta":[1, 2],"ch\u0061nnels":["a"]}""", "[1, 2]")]
    [InlineData("""{"v":1,"channels":["a"],"data":1,"data":2,"x":[[[]]]}""", "2")]
    [InlineData("""{"v":1,"channels":["a"],"data":null}""", "null")]
    [InlineData("""{"v":1,"channels":["a"],"text":"t"}""", "")]
    public void Envelope_ItsData_IsAsItStands(string json, string data)
    {
        var envelope = Envelope.TryParse(Encoding.UTF8.GetBytes(json));

        Assert.Equal("a", Assert.Single(envelope!.Channels!));
        Assert.Equal(data, Encoding.UTF8.GetString(envelope.Data.Span));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"v":1}x""")]
    [InlineData("""{"v":1,"channels":"a"}""")]
    public void Envelope_ThatIsNone_IsNone(string json) => Assert.Null(Envelope.TryParse(Encoding.UTF8.GetBytes(json)));
}
