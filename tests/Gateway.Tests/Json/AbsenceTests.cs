using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Gateway.Admin;
using Gateway.Auth;
using Gateway.Auth.Authorizer;
using Gateway.Auth.SubscriptionTokens;
using Gateway.Core.Access;
using Gateway.Core.Brokers;
using Gateway.Core.Json;
using Gateway.Core.Protocols.Json;
using Gateway.Tests.Auth;

namespace Gateway.Tests.Json;

/// <summary>
/// Every reader of JSON that others write: a member that is null is as good as none, whichever it is, and a byte order mark in front of it all says
/// nothing. One that is read newly stands here too.
/// </summary>
public sealed class AbsenceTests
{
    private const string None = "none";

    private static readonly TokenIssuer Issuer = TokenIssuer.Hmac(Validators.SecretBytes);

    private static readonly Dictionary<string, Func<string, string>> Readers = new()
    {
        ["command"] = ReadCommand,
        ["envelope"] = json => Envelope.TryParse(Bytes(json)) is { } read
            ? $"{read.Version} {read.Operation} {Join(read.Channels)} {Encoding.UTF8.GetString(read.Data.Span)} {read.Text} {Join(read.Binary)} {read.Key} {read.Connection} {read.User} {read.Trace.TraceId} {read.Trace.TraceState}"
            : None,
        ["announcement"] = json => NodeAnnouncement.TryParse(Bytes(json))?.ToString() ?? None,
        ["question"] = json => NodeQuestion.TryParse(Bytes(json))?.ToString() ?? None,
        ["answer"] = json => NodeAnswer.TryParse(Bytes(json)) is { } read ? $"{read.Id} {read.Node} {read.Body.ValueKind}" : None,
        ["revocation"] = json => Revocation.TryParse(Bytes(json))?.ToString() ?? None,
        ["publish"] = ReadPublish,
        ["revoke"] = json => Read(json, AdminJson.Default.RevokeBody),
        ["explain rules"] = json => Read(json, AdminJson.Default.RuleExplanationBody),
        ["authorizer"] = json => Read(json, AuthorizerJson.Default.AuthorizerResponse),
        ["key"] = json => Jwks.TryParse(Bytes($$"""{"keys":[{{json}}]}""")) is { } ring ? $"{ring.Count} {JoinKeys(ring)}" : None,
        ["token"] = json => OfVerdict(Validators.Of(new JwtOptions { HmacKey = Validators.Secret }).ValidateAsync(Issuer.Sign(json)).AsTask()),
        ["token of an issuer"] = json => OfVerdict(Validators.Of(new JwtOptions { HmacKey = Validators.Secret, Issuer = "i", Audience = "a" }).ValidateAsync(Issuer.Sign(json)).AsTask()),
        ["token's header"] = json => OfVerdict(Validators.Of(new JwtOptions { HmacKey = Validators.Secret }).ValidateAsync(Issuer.Sign("""{"sub":"u1"}""", json)).AsTask()),
        ["subscription token"] = ReadSubscriptionToken,
    };

    public static TheoryData<string, string> Objects { get; } = new()
    {
        { "command", """{"type":"subscribe","id":1,"channel":"a","token":"t","later":1}""" },
        { "command", """{"type":"publish","id":"x","channel":"a","key":"k"}""" },
        { "command", """{"type":"refresh","token":"t","id":1}""" },
        { "envelope", """{"v":1,"channels":["a"],"text":"t","key":"k","traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01","tracestate":"a=1","later":1}""" },
        { "envelope", """{"v":1,"channels":["a"],"binary":"AAE=","key":"k"}""" },
        { "envelope", """{"v":1,"op":"disconnect","connection":"c","user":"u"}""" },
        { "announcement", """{"v":1,"node":"n","state":"ready","connections":1,"max_connections":2,"accept_rate":3,"accepted":4,"sending_away":5}""" },
        { "question", """{"v":1,"op":"ask","id":"i","from":"n","ask":"explain","connection":"c","user":"u","channel":"a","limit":3}""" },
        { "answer", """{"id":"i","node":"n","body":{}}""" },
        { "revocation", """{"v":1,"op":"revoke","user":"u","at":1,"until":2}""" },
        { "revocation", """{"v":1,"op":"revoke","jti":"t","until":2}""" },
        { "publish", """{"channel":"a","text":"t","key":"k"}""" },
        { "publish", """{"channels":["a","b"],"binary":"AAE="}""" },
        { "revoke", """{"user":"u","expires_in":5}""" },
        { "revoke", """{"jti":"t"}""" },
        { "explain rules", """{"channel":"a","token":"t","claims":{"sub":"u"},"ask":true}""" },
        { "authorizer", """{"allow":true,"reason":"r","ttl":1.5}""" },
        { "key", Jwk(TokenIssuer.Rsa(keyId: "k1"), """ "alg":"RS256","key_ops":["verify"] """) },
        { "key", Jwk(TokenIssuer.Ec(keyId: "k1"), """ "alg":"ES256","use":"sig" """) },
        { "token", """{"sub":"u1","exp":99999999999,"nbf":1,"iat":1,"jti":"t","iss":"i","aud":"a","channels":["a"],"limits":{"connections":1},"tenant":"x"}""" },
        { "token of an issuer", """{"sub":"u1","exp":99999999999,"iss":"i","aud":["a","b"]}""" },
        { "token's header", """{"alg":"HS256","typ":"JWT","kid":"k","cty":"c"}""" },
        { "subscription token", """{"sub":"u","channel":"a","channels":["b"],"exp":9999999999,"nbf":1}""" },
    };

    [Fact]
    public void EachReader_HasAnObject() => Assert.Equal(Readers.Keys.Order(), Objects.Select(row => row.Data.Item1).Distinct().Order());

    [Theory]
    [MemberData(nameof(Objects))]
    public void Null_OfAnyMember_IsAsGoodAsNone(string reader, string json)
    {
        var read = Readers[reader];
        Assert.NotEqual(None, read(json));
        foreach (var member in JsonNode.Parse(json)!.AsObject().Select(member => member.Key).Append("unknown"))
        {
            var (without, withNull) = (JsonNode.Parse(json)!.AsObject(), JsonNode.Parse(json)!.AsObject());
            without.Remove(member);
            withNull[member] = null;

            Assert.Equal($"{member}: {read(without.ToJsonString())}", $"{member}: {read(withNull.ToJsonString())}");
        }
    }

    /// <summary>A token's JSON stands in base64url, which nothing but its issuer writes.</summary>
    public static TheoryData<string, string> Texts { get; } = [.. Objects.Where(row => row.Data.Item1 != "key" && !row.Data.Item1.Contains("token", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Mark_InFront_SaysNothing(string reader, string json) => Assert.Equal(Readers[reader](json), Readers[reader]("\uFEFF" + json));

    /// <summary>The one null that is a value, where it is alone.</summary>
    [Theory]
    [InlineData("command", """{"type":"publish","channel":"a","data":null}""", " null ")]
    [InlineData("envelope", """{"v":1,"channels":["a"],"data":null,"text":null,"binary":null}""", " null ")]
    [InlineData("publish", """{"channel":"a","data":null,"text":null,"binary":null}""", " null ")]
    public void NullData_Alone_IsAValue(string reader, string json, string expected) => Assert.Contains(expected, Readers[reader](json), StringComparison.Ordinal);

    [Theory]
    [InlineData("envelope", """{"v":1,"channels":["a"],"data":null,"text":"t"}""", """{"v":1,"channels":["a"],"text":"t"}""")]
    [InlineData("envelope", """{"v":1,"channels":["a"],"binary":"AAE=","data":null}""", """{"v":1,"channels":["a"],"binary":"AAE="}""")]
    [InlineData("publish", """{"channel":"a","data":null,"text":"t"}""", """{"channel":"a","text":"t"}""")]
    public void NullData_BesideAnotherPayload_IsNone(string reader, string json, string same) => Assert.Equal(Readers[reader](same), Readers[reader](json));

    /// <summary>Deeper down as well.</summary>
    [Theory]
    [InlineData("""{"sub":"u1","limits":{"connections":null,"subscriptions":3}}""", """{"sub":"u1","limits":{"subscriptions":3}}""")]
    [InlineData("""{"sub":"u1","channels":[{"pattern":"a","rights":null}]}""", """{"sub":"u1","channels":[{"pattern":"a"}]}""")]
    public void Null_WithinAClaim_IsAsGoodAsNone(string json, string same) => Assert.Equal(Readers["token"](same), Readers["token"](json));

    private static string ReadCommand(string json)
    {
        if (!JsonCommand.TryParse(Bytes(json), out var read))
            return None;
        var (id, channel, key) = (Encoding.UTF8.GetString(read.Id), Encoding.UTF8.GetString(read.Channel), Encoding.UTF8.GetString(read.Key));
        return $"{read.Type} {id} {channel} {read.HasKey} {key} {Encoding.UTF8.GetString(read.Data)} {read.HasToken} {Encoding.UTF8.GetString(read.Token)}";
    }

    private static string ReadPublish(string json)
    {
        try
        {
            // The mark goes where all bodies are read.
            var read = PublishRequest.Parse(ByteOrderMark.Skip((ReadOnlyMemory<byte>)Bytes(json)));
            return $"{string.Join(',', read.Channels.Select(channel => channel.Text))} {Encoding.UTF8.GetString(read.Payload.Span)} {read.Key}";
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            return e.Message;
        }
    }

    private static string ReadSubscriptionToken(string json)
    {
        var token = Issuer.Sign(json);
        var verdict = new SubscriptionTokenValidator(Validators.SecretBytes, TimeProvider.System).ValidateAsync(token, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return verdict.Grant is { } grant ? $"{grant.Subject ?? "anybody"} {grant.Channel} {string.Join(',', grant.Patterns)}" : verdict.Reason;
    }

    private static string Read<T>(string json, JsonTypeInfo<T> type) => JsonReading.Read(Bytes(json), type)?.ToString() ?? None;

    private static string OfVerdict(Task<TokenVerdict> judging)
    {
        var verdict = judging.GetAwaiter().GetResult();
        return verdict.Identity is { } who
            ? $"{who.Subject} {who.ExpiresAt} {who.IssuedAt} {who.TokenId} {who.Limits} {string.Join(',', who.Grants)} {string.Join(',', who.Claims)}"
            : verdict.Reason;
    }

    private static string JoinKeys(KeyRing ring) =>
        string.Join(' ', from name in (string[])["RS256", "RS512", "ES256"] from id in (string?[])["k1", null] select ring.Named(JwtAlgorithm.Find(name)!, id).Count + ring.Unnamed(JwtAlgorithm.Find(name)!, id).Count);

    /// <summary>A JWK with some more members.</summary>
    private static string Jwk(TokenIssuer issuer, string members) => $"{{{members},{JsonSerializer.Serialize(issuer.Jwk).Replace("\"use\":\"sig\",", "", StringComparison.Ordinal)[1..]}";

    private static string Join<T>(T[]? items) => string.Join(',', items ?? []);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
