using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Diagnosis;
using ConnectionInfo = Gateway.Core.Diagnosis.ConnectionInfo;

namespace Gateway.Admin;

/// <summary>The API's JSON, generated at build time. Names in snake_case, as in the client protocol.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelList))]
[JsonSerializable(typeof(ConnectionInfo))]
[JsonSerializable(typeof(DisconnectReport))]
[JsonSerializable(typeof(DrainReport))]
[JsonSerializable(typeof(EndedReport))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(LaggingReport))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(PublishBody))]
[JsonSerializable(typeof(PublishReport))]
[JsonSerializable(typeof(RuleList))]
[JsonSerializable(typeof(RuleExplanationBody))]
[JsonSerializable(typeof(RuleExplanation))]
[JsonSerializable(typeof(RevokeBody))]
[JsonSerializable(typeof(RevokeReport))]
[JsonSerializable(typeof(SubscriberReport))]
[JsonSerializable(typeof(TrafficReport))]
[JsonSerializable(typeof(UserDisconnectReport))]
[JsonSerializable(typeof(UserExplanation))]
[JsonSerializable(typeof(UserReport))]
// Parameters of the routes: the OpenAPI document describes them, and a native build has no reflection to fall back on.
[JsonSerializable(typeof(DateTimeOffset?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(string))]
internal sealed partial class AdminJson : JsonSerializerContext;
