using System.Text.Json.Serialization;

namespace Gateway.Auth.Authorizer;

/// <summary>What the backend is asked. <c>user</c> is empty for a client without a token.</summary>
internal sealed record AuthorizerRequest(
    string User, string Connection, string Channel, string Action, IReadOnlyDictionary<string, string> Claims, string Node);

/// <summary>What it answers.</summary>
/// <param name="Allow">Whether the client may. An answer without it is none.</param>
/// <param name="Reason">Why not, for the client.</param>
/// <param name="Ttl">Seconds that the answer may be remembered; absent: not at all.</param>
internal sealed record AuthorizerResponse(bool? Allow, string? Reason, double? Ttl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuthorizerRequest))]
[JsonSerializable(typeof(AuthorizerResponse))]
internal sealed partial class AuthorizerJson : JsonSerializerContext;
