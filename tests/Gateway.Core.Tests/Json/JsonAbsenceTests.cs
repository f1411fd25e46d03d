using System.Text;
using System.Text.Json;
using Gateway.Core.Json;

namespace Gateway.Core.Tests.Json;

public sealed class JsonAbsenceTests
{
    [Theory]
    [InlineData("""{"a":null}""", "{}")]
    [InlineData("""{"a":1,"b":null,"c":"x"}""", """{"a":1,"c":"x"}""")]
    [InlineData("""{"b":null,"a":1}""", """{"a":1}""")]
    [InlineData("""{"a":1,"b":null}""", """{"a":1}""")]
    [InlineData(""" { "a" : { "b" : null , "c" : [ null , { "d" : null } , "" ] } , "e" : true } """, """{"a":{"c":[null,{},""]},"e":true}""")]
    [InlineData("""{"n\u0075ll":"n\"ull","a":null,"\ud800":-1.5e3}""", """{"n\u0075ll":"n\"ull","\ud800":-1.5e3}""")]
    [InlineData("""[null,{"a":null},[],null]""", "[null,{},[],null]")]
    [InlineData("null", "null")]
    [InlineData("\"null\"", "\"null\"")]
    [InlineData("""{ "a" : 1 }""", """{ "a" : 1 }""")] // as it came where nothing is to be taken out
    public void WithoutNulls_OfMembers_LeavesTheRest(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(JsonAbsence.WithoutNulls(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("""{"a":null""")]
    [InlineData("""{"a":null,}""")]
    [InlineData("""{"a":null} x""")]
    [InlineData("""{"a":nullx}""")]
    public void WithoutNulls_OfNoJson_Throws(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonAbsence.WithoutNulls(Encoding.UTF8.GetBytes(json)).Length);

    [Theory]
    [InlineData("\uFEFF{}", true)]
    [InlineData("{}", true)]
    [InlineData("\uFEFF\uFEFF{}", false)]
    [InlineData("\uFEFF", false)]
    [InlineData("", false)]
    public void Mark_InFront_IsPassedOverOnce(string json, bool isRead)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        if (isRead)
        {
            using var document = JsonReading.ReadDocument(bytes);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
        else
        {
            Assert.ThrowsAny<JsonException>(() => JsonReading.ReadDocument(bytes));
        }
    }
}
