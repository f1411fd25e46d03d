using System.Runtime.Loader;
using Gateway.Integration.Fixtures;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace Gateway.Integration.Clients;

/// <summary>A node, and an application whose client was generated from the node's own OpenAPI document. Made once: the two compilers take their time.</summary>
public sealed class GeneratedClient : IAsyncLifetime
{
    /// <summary>As a backend's developer would write it: by the client's types alone, with warnings as errors. What the document gets wrong does not compile.</summary>
    private const string Application = """
        #nullable enable
        using System.Collections.Generic;
        using System.Linq;
        using System.Net.Http;
        using System.Threading.Tasks;
        using Generated;

        public static class Application
        {
            public static async Task<string> Publish(HttpClient http, object data)
            {
                PublishReport report = await new AdminClient(http).PublishAsync(new PublishBody { Channel = "news", Data = data });
                return $"{report.Channels}";
            }

            public static async Task<string> PublishText(HttpClient http, string text) =>
                (await new AdminClient(http).PublishAsync(new PublishBody { Channels = ["news", "other"], Text = text, Key = "k" })).Channels.ToString();

            public static async Task<string> PublishTo(HttpClient http, string channel) =>
                await Refusal(new AdminClient(http).PublishAsync(new PublishBody { Channel = channel, Data = 1 }));

            public static async Task<string> Node(HttpClient http)
            {
                NodeReport node = await new AdminClient(http).NodeAsync();
                string name = node.Name, url = node.Urls.Single();
                bool connected = node.Broker.Connected;
                int connections = node.Connections, most = node.Limits.Max_connections;
                return $"{name} {url} {connected} {connections >= 0} {most > 0} {node.Started_at.Offset}";
            }

            public static async Task<string> Subscribers(HttpClient http, string channel)
            {
                SubscriberReport found = await new AdminClient(http).SubscribersAsync(channel: channel, limit: 5);
                SubscriberInfo one = found.Connections.Single();
                string? user = one.User;
                long count = found.Count;
                return $"{count} {one.Protocol} {user ?? "nobody"} {found.Nodes.Single().Answered}";
            }

            public static async Task<string> Connection(HttpClient http, string id) =>
                await Refusal(new AdminClient(http).ConnectionAsync(id));

            public static async Task<string> OtherNode(HttpClient http, string node) => await Refusal(new AdminClient(http).NodeAsync(node));

            public static async Task<string> Explain(HttpClient http, string channel)
            {
                Explanation explanation = await new AdminClient(http).ExplainAsync(channel: channel);
                return $"{explanation.Channel} {explanation.Causes.Count > 0} {explanation.Facts.Single().Broker.Connected}";
            }

            public static async Task<string> Allowed(HttpClient http, string channel)
            {
                RuleExplanation rule = await new AdminClient(http).ExplainRulesAsync(new RuleExplanationBody { Channel = channel, Claims = new Dictionary<string, object> { ["sub"] = "u1" } });
                return $"{rule.User} {rule.Subscribe.Result}";
            }

            private static async Task<string> Refusal(Task call)
            {
                try
                {
                    await call;
                    return "not refused";
                }
                catch (ApiException<Problem> e)
                {
                    Problem problem = e.Result;
                    string title = problem.Title, type = problem.Type;
                    string? detail = problem.Detail;
                    return $"{e.StatusCode} {problem.Status} {title} {type} {detail}";
                }
            }
        }
        """;

    private HostProcess? _host;
    private AssemblyLoadContext? _context;
    private Type? _application;

    internal HostProcess Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _host = await HostProcess.StartAsync("--Gateway:Node:Name=gw-1");
        var document = await OpenApiDocument.FromJsonAsync(await _host.Admin.GetStringAsync("/openapi/v1.json"));
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "AdminClient",
            UseBaseUrl = false,
            GenerateOptionalParameters = true,
            CSharpGeneratorSettings = { Namespace = "Generated", JsonLibrary = CSharpJsonLibrary.SystemTextJson, GenerateNullableReferenceTypes = true },
        };
        _application = Load(new CSharpClientGenerator(document, settings).GenerateFile(), Application).GetType("Application")!;
    }

    /// <summary>What a method of the application returns.</summary>
    internal Task<string> RunAsync(string method, params object?[] arguments) => AskAsync(Host, method, arguments);

    /// <summary>The same, of another node.</summary>
    internal async Task<string> AskAsync(HostProcess host, string method, params object?[] arguments) =>
        await (Task<string>)_application!.GetMethod(method)!.Invoke(null, [host.Admin, .. arguments])!;

    public async ValueTask DisposeAsync()
    {
        _context?.Unload();
        if (_host is not null)
            await _host.DisposeAsync();
    }

    private System.Reflection.Assembly Load(params string[] sources)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated",
            sources.Select(source => CSharpSyntaxTree.ParseText(source)),
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                generalDiagnosticOption: ReportDiagnostic.Error,
                // Of references among the framework's own assemblies.
                specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
        assembly.Position = 0;
        _context = new AssemblyLoadContext("Generated", isCollectible: true);
        return _context.LoadFromStream(assembly);
    }
}
