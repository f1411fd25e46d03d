using System.Text.Json;
using Gateway.Core.Diagnosis;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Admin;

/// <summary>What the OpenAPI document says of requests and answers, where its generator says more or less than is so.</summary>
internal static class ApiSchemas
{
    /// <summary>
    /// A number is written as a number. That one in quotes is read too is leniency, which no client is to be made from: generators make text of
    /// it, or a class of two members.
    /// </summary>
    public static Task WriteNumbersAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        const JsonSchemaType Numbers = JsonSchemaType.Integer | JsonSchemaType.Number;
        if (schema.Type is { } type && (type & Numbers) != 0 && type.HasFlag(JsonSchemaType.String))
            (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
        return Task.CompletedTask;
    }

    /// <summary>
    /// What may be null may be left out: requests need not say it, and answers do not (<see cref="AdminJson"/>). The generator takes every
    /// parameter of a record's constructor for needed.
    /// </summary>
    public static Task RequireWhatIsNeededAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var schema in document.Components?.Schemas?.Values.OfType<OpenApiSchema>() ?? [])
        {
            foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                if (MayBeNull(member))
                    schema.Required?.Remove(name);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Any JSON is a schema without a word, where it stands. Behind a name, generators make a class of it, and no number or text can be
    /// published with that.
    /// </summary>
    public static Task TakeAnyJsonAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var schema in schemas.Values.OfType<OpenApiSchema>())
        {
            foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            {
                if ((member.OneOf ?? [member]).OfType<OpenApiSchemaReference>().FirstOrDefault(static one => one.Reference.Id == nameof(JsonElement)) is { } any)
                    schema.Properties![name] = new OpenApiSchema { Description = any.Description };
            }
        }

        schemas.Remove(nameof(JsonElement));
        return Task.CompletedTask;
    }

    /// <summary>An explanation has two forms, by what was asked; the generator takes one type a status.</summary>
    public static async Task ExplainUsersAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        // It writes out what it is made of, where the document has names for that.
        var ofUser = await context.GetOrCreateSchemaAsync(typeof(UserExplanation), cancellationToken: cancellationToken);
        foreach (var (member, name) in (ReadOnlySpan<(string, string)>)[("causes", nameof(FoundCause)), ("connections", nameof(Explanation)), ("nodes", nameof(AskedNode))])
            ((OpenApiSchema)ofUser.Properties![member]).Items = new OpenApiSchemaReference(name, document);
        document.AddComponent(nameof(UserExplanation), ofUser);
        var content = document.Paths["/api/v1/explain"].Operations![HttpMethod.Get].Responses!["200"].Content!["application/json"];
        ((OpenApiMediaType)content).Schema = new OpenApiSchema
        {
            OneOf = [new OpenApiSchemaReference(nameof(Explanation), document), new OpenApiSchemaReference(nameof(UserExplanation), document)],
        };
    }

    /// <summary>One without a type is of any value, if it does not list them.</summary>
    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) ?? (schema.OneOf ?? schema.AnyOf)?.Any(MayBeNull) ?? schema.Enum is not { Count: > 0 };
}
