using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Diagnosis;

namespace Gateway.Core.Tests.Diagnosis;

/// <summary>What other nodes answer is reckoned with only if it can be.</summary>
public sealed class OthersWordTests
{
    [Theory]
    [InlineData("""{"count":2,"connections":[]}""", true)]
    [InlineData("""{"count":null,"connections":[]}""", true)]
    [InlineData("""{"count":9007199254740992}""", true)]
    [InlineData("""{"count":9007199254740994}""", false)]
    [InlineData("""{"count":-9223372036854775808}""", false)]
    [InlineData("""{"count":1e999}""", false)]
    [InlineData("""{"connections":[null]}""", false)]
    [InlineData("""{"a":{"b":[{"c":[1,2,null]}]}}""", false)]
    public void IsBounded_NumbersAndLists(string json, bool isBounded) => Assert.Equal(isBounded, OthersWord.IsBounded(Json(json)));

    [Fact]
    public void IsBounded_LongTextsAndLists_AreNot()
    {
        Assert.True(OthersWord.IsBounded(Json($"[\"{new string('x', 2048)}\"]")));
        Assert.False(OthersWord.IsBounded(Json($"[\"{new string('x', 2049)}\"]")));
        Assert.True(OthersWord.IsBounded(Json($"[{string.Join(',', Enumerable.Repeat("1", 1000))}]")));
        Assert.False(OthersWord.IsBounded(Json($"[{string.Join(',', Enumerable.Repeat("1", 1001))}]")));
    }

    [Fact]
    public void IsWhole_WhatIsLookedInto_IsThere()
    {
        const string Connection = """{"id":"1","protocol":"json","state":"open","channels":[],"drops":[],"node":"b"}""";

        Assert.True(IsWhole($$"""{"count":1,"connections":[{{Connection}}]}""", DiagnosisJson.Default.UserFacts));
        Assert.False(IsWhole("""{"count":1}""", DiagnosisJson.Default.UserFacts));
        Assert.False(IsWhole("""{"count":1,"connections":[{}]}""", DiagnosisJson.Default.UserFacts));
        Assert.False(IsWhole("""{"count":1,"connections":[{"id":"1","state":"open","channels":[],"drops":null}]}""", DiagnosisJson.Default.UserFacts));
        Assert.True(IsWhole($$"""{"connection":{{Connection}}}""", DiagnosisJson.Default.ConnectionFacts));
        Assert.False(IsWhole("""{"connection":{}}""", DiagnosisJson.Default.ConnectionFacts));
        Assert.True(IsWhole("""{"node":"b","state":"ready","broker":{"connected":true,"reason":""},"drops":[]}""", DiagnosisJson.Default.NodeFacts));
        Assert.False(IsWhole("""{"node":"b","state":"ready","drops":[]}""", DiagnosisJson.Default.NodeFacts));
        Assert.False(IsWhole("""{"node":"b","state":"ready","broker":{},"drops":[],"connection":{}}""", DiagnosisJson.Default.NodeFacts));
        Assert.False(IsWhole("""[{}]""", DiagnosisJson.Default.IReadOnlyListLaggingConnection));
        Assert.False(IsWhole("""[{"id":"1","node":"b"}]""", DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo));
        Assert.True(IsWhole("""[{"id":"1","node":"b","reason":"client"}]""", DiagnosisJson.Default.IReadOnlyListEndedConnectionInfo));
        Assert.False(IsWhole("""{"count":1}""", DiagnosisJson.Default.SubscriberFacts));
        Assert.False(IsWhole("""{"count":1,"connections":[{"id":"1"}]}""", DiagnosisJson.Default.SubscriberFacts));
        Assert.True(IsWhole("""{"count":1,"connections":[{"id":"1","node":"b"}]}""", DiagnosisJson.Default.SubscriberFacts));
    }

    /// <summary>Many that each say the most: nothing overflows that is added up.</summary>
    [Fact]
    public void Verdict_OfTheLargestNumbers_IsOne()
    {
        var json = """
            {"node":"b","state":"ready","sending_away":9007199254740992,"broker":{"connected":true,"reason":"","gaps":2147483647,"last_gap_at":"9999-12-31T23:59:59Z","last_gap_seconds":-9007199254740992},
             "channel":{"state":"x","subscribers":2147483647,"pending":2147483647,"may_subscribe":true,"dropped_too_large":9007199254740992,"dropped_inbox_full":9007199254740992}}
            """;
        Assert.True(OthersWord.IsBounded(Json(json)));
        var facts = Enumerable.Repeat(Json(json).Deserialize(DiagnosisJson.Default.NodeFacts)!, 1000).ToList();

        Assert.NotEmpty(Verdict.Of(isChannel: true, null, facts, [], DateTimeOffset.UnixEpoch));
    }

    private static bool IsWhole<T>(string json, JsonTypeInfo<T> type) => OthersWord.IsWhole(Json(json).Deserialize(type)!);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
