using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Tests.Admin;

/// <summary>What the OpenAPI document asks of a request is what the API takes, and what it promises of an answer is what comes.</summary>
public sealed class ApiDocumentTests
{
    [Fact]
    public async Task Member_ThatMayBeNull_IsNotRequired()
    {
        await using var host = await RunningHost.StartAsync();
        var schemas = (await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");

        foreach (var schema in schemas.EnumerateObject().Where(schema => schema.Value.TryGetProperty("required", out _)))
        {
            foreach (var name in schema.Value.GetProperty("required").EnumerateArray().Select(name => name.GetString()!))
                Assert.DoesNotContain("null", $"{schema.Name}.{name}: {schema.Value.GetProperty("properties").GetProperty(name)}", StringComparison.Ordinal);
        }

        // The rule leaves something, and the answers that always have a member say so.
        Assert.Contains("channels", schemas.GetProperty("PublishReport").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("PublishBody")]
    [InlineData("RevokeBody")]
    [InlineData("RuleExplanationBody")]
    public async Task Request_RequiresNoMember(string body)
    {
        await using var host = await RunningHost.StartAsync();

        var schema = await SchemaAsync(host, body);

        Assert.True(!schema.TryGetProperty("required", out var required) || required.GetArrayLength() == 0, $"{body} requires {schema}");
    }

    /// <summary>A generated client sends what it is given and, as many do, null for the rest.</summary>
    [Theory]
    [InlineData("data", "1", "1")]
    [InlineData("text", "\"t\"", "t")]
    [InlineData("binary", "\"dA==\"", "t")]
    public async Task Publish_WithAllMembersOfTheDocument_IsDone(string payload, string value, string published)
    {
        await using var host = await RunningHost.StartAsync();
        var body = new JsonObject();
        foreach (var member in (await SchemaAsync(host, "PublishBody")).GetProperty("properties").EnumerateObject())
            body[member.Name] = null;
        (body["channel"], body[payload]) = ("a", JsonNode.Parse(value));

        var response = await host.PostAsync("/api/v1/publish", body.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(published, System.Text.Encoding.UTF8.GetString(Assert.Single(host.Node.Published).Payload));
    }

    private static async Task<JsonElement> SchemaAsync(RunningHost host, string name) =>
        (await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("components").GetProperty("schemas").GetProperty(name);
}
