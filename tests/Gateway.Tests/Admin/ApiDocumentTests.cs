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

    /// <summary>Generators make text of a number that may come in quotes, and a class of any JSON that has a name.</summary>
    [Fact]
    public async Task Schemas_OfNumbersAndOfAnyJson_AreWhatGeneratorsTakeForThem()
    {
        await using var host = await RunningHost.StartAsync();

        var document = await host.Client.GetStringAsync("/openapi/v1.json");
        var schemas = JsonDocument.Parse(document).RootElement.GetProperty("components").GetProperty("schemas");

        Assert.DoesNotContain("\"pattern\": \"^", document, StringComparison.Ordinal);
        Assert.Equal("integer", schemas.GetProperty("PublishReport").GetProperty("properties").GetProperty("channels").GetProperty("type").GetString());
        Assert.False(schemas.TryGetProperty("JsonElement", out _));
        foreach (var (body, member) in new[] { ("PublishBody", "data"), ("RuleExplanationBody", "claims") })
            Assert.Equal(["description"], schemas.GetProperty(body).GetProperty("properties").GetProperty(member).EnumerateObject().Select(word => word.Name));
    }

    [Fact]
    public async Task Operations_HaveNamesOfMethods_AndEachOfTheirRefusalsIsAProblem()
    {
        await using var host = await RunningHost.StartAsync();

        var paths = (await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths");

        foreach (var operation in paths.EnumerateObject().Where(path => path.Name.StartsWith("/api/", StringComparison.Ordinal)).SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.Matches("^[a-z][a-zA-Z]*$", operation.Value.GetProperty("operationId").GetString());
            var refusals = operation.Value.GetProperty("responses").EnumerateObject().Where(response => response.Name[0] != '2').ToArray();
            Assert.Superset(new HashSet<string> { "401", "403", "409", "503" }, refusals.Select(refusal => refusal.Name).ToHashSet());
            Assert.All(refusals, refusal => Assert.Equal(
                "#/components/schemas/Problem",
                refusal.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString()));
        }
    }

    [Fact]
    public async Task Explanation_HasBothOfItsForms()
    {
        await using var host = await RunningHost.StartAsync();

        var document = await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var answer = document.GetProperty("paths").GetProperty("/api/v1/explain").GetProperty("get").GetProperty("responses").GetProperty("200");
        var forms = answer.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("oneOf").EnumerateArray();
        Assert.Equal(["#/components/schemas/Explanation", "#/components/schemas/UserExplanation"], forms.Select(form => form.GetProperty("$ref").GetString()));
        var ofUser = document.GetProperty("components").GetProperty("schemas").GetProperty("UserExplanation").GetProperty("properties");
        foreach (var (member, name) in new[] { ("causes", "FoundCause"), ("connections", "Explanation"), ("nodes", "AskedNode") })
            Assert.Equal($"#/components/schemas/{name}", ofUser.GetProperty(member).GetProperty("items").GetProperty("$ref").GetString());
    }

    private static async Task<JsonElement> SchemaAsync(RunningHost host, string name) =>
        (await host.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("components").GetProperty("schemas").GetProperty(name);
}
