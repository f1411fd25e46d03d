using System.Text.Json;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Host;

/// <summary>The console page, in a browser: it offers the client endpoint as it is, and connects to it.</summary>
public sealed class ConsoleTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "/realtime")]
    public async Task ClientEndpoint_PlainOrTls_IsOfferedWithItsSchemeAndWorks(bool isTls, string basePath)
    {
        string[] tls =
        [
            $"--Gateway:Endpoints:0:Tls:CertificatePath={_certificates.CertificatePath}",
            $"--Gateway:Endpoints:0:Tls:KeyPath={_certificates.KeyPath}",
        ];
        await using var host = await HostProcess.StartAsync([$"--Gateway:BasePath={basePath}", .. isTls ? tls : []]);
        await using var console = ClientProgram.Start("console-chromium.mjs", host.Admin.BaseAddress!.ToString());

        Assert.Equal($"{(isTls ? "wss" : "ws")}://{host.EndPoint}{basePath}/ws", await NextAsync(console, "url"));

        string line;
        do
            line = await NextAsync(console, "line");
        while (!line.Contains("\"ok\"", StringComparison.Ordinal) && !line.Contains("closed", StringComparison.Ordinal));
        Assert.Contains("\"channel\":\"news\"", line, StringComparison.Ordinal);
    }

    private static async Task<string> NextAsync(ClientProgram program, string property) =>
        JsonSerializer.Deserialize<JsonElement>(await program.LineAsync()).GetProperty(property).GetString()!;
}
