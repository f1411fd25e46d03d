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
            Description = "For backends and operators. Open on a loopback address; elsewhere it needs the key of Gateway:Admin:ApiKey. Every error is an RFC 9457 problem.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }]; // wherever this document came from
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The value of Gateway:Admin:ApiKey.",
        };
        var needsKey = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] };
        var optional = new OpenApiSecurityRequirement(); // without a key set, on loopback
        foreach (var operation in document.Paths.Where(path => path.Key.StartsWith("/api/", StringComparison.Ordinal)).SelectMany(path => path.Value.Operations!.Values))
            operation.Security = [optional, needsKey];
        return Task.CompletedTask;
    }
}
