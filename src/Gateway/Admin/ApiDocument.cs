using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Admin;

/// <summary>What the OpenAPI document says about the API as a whole.</summary>
internal static class ApiDocument
{
    private const string KeyScheme = "key";

    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Gateway admin API",
            Version = ProgramVersion.Text,
            Description = "For backends and operators. Open on a loopback address; elsewhere it needs a key: an operator's (Gateway:Admin:ApiKey), one that may only publish (PublishKey), or one that may only read (ReadKey). Every error is an RFC 9457 problem.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }]; // wherever this document came from
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key of Gateway:Admin:ApiKey, PublishKey or ReadKey. The names beside it are the rights that an operation needs: read, publish or operate.",
        };
        var optional = new OpenApiSecurityRequirement(); // without a key set, on loopback
        var routes = context.DescriptionGroups.SelectMany(group => group.Items).ToLookup(route => (Path: "/" + route.RelativePath, Method: route.HttpMethod));
        foreach (var (path, item) in document.Paths.Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal)))
        {
            foreach (var (method, operation) in item.Operations!)
            {
                var right = routes[(path, method.Method)].SelectMany(route => route.ActionDescriptor.EndpointMetadata).OfType<NeededRight>().Last().Right;
                // OpenAPI 3.1, Security Requirement Object: for a scheme that is no OAuth, the roles that are needed.
                operation.Security = [optional, new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [NeededRight.WordOf(right)] }];
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = MeantNode.Parameter,
                    In = ParameterLocation.Query,
                    Description = $"The node that is meant; another refuses with 409. Not given: whichever answers. Each answer names its node in the header {MeantNode.Header}.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
                var responses = operation.Responses ??= [];
                var problem = responses["409"].Content;
                responses["409"].Description = "The request is meant for another node than the one that answers; nothing was done.";
                Refuse("401", "There is a key, and the request has none that is known.");
                Refuse("403", $"The key has not the right '{NeededRight.WordOf(right)}'; or the request comes from another site, or from beyond loopback, and there is no key.");
                Refuse("503", "More requests are under way than the node works on at once.");

                void Refuse(string status, string why) => responses.TryAdd(status, new OpenApiResponse { Description = why, Content = problem });
            }
        }

        return Task.CompletedTask;
    }
}
