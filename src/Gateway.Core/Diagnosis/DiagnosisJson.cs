using System.Text.Json.Serialization;

namespace Gateway.Core.Diagnosis;

/// <summary>What nodes answer each other. Unknown fields are ignored: nodes of neighbouring versions ask each other in every deploy.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectionFacts))]
[JsonSerializable(typeof(IReadOnlyList<EndedConnectionInfo>))]
[JsonSerializable(typeof(IReadOnlyList<LaggingConnection>))]
[JsonSerializable(typeof(NodeFacts))]
[JsonSerializable(typeof(SubscriberFacts))]
[JsonSerializable(typeof(UserFacts))]
internal sealed partial class DiagnosisJson : JsonSerializerContext;
