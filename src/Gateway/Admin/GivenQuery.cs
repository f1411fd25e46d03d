using Microsoft.Extensions.Primitives;

namespace Gateway.Admin;

/// <summary>A query's parameter without a value is as good as none: forms, and templates of URLs, write one for what was left empty.</summary>
internal sealed class GivenQuery(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Any(static parameter => parameter.Value.Any(string.IsNullOrEmpty)))
        {
            context.Request.Query = new QueryCollection(query
                .Select(static parameter => (parameter.Key, Values: parameter.Value.Where(static value => !string.IsNullOrEmpty(value)).ToArray()))
                .Where(static parameter => parameter.Values.Length > 0)
                .ToDictionary(static parameter => parameter.Key, static parameter => new StringValues(parameter.Values), StringComparer.OrdinalIgnoreCase));
        }

        return next(context);
    }
}
