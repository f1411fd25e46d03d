using System.Diagnostics;

namespace Gateway.Integration.Fixtures;

/// <summary>A program of the machine, such as openssl or curl: given its input, asked for its output.</summary>
internal static class Tool
{
    // Only keeps a broken program from hanging: npm packs and installs for a minute beside other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>All it says, on both outputs.</summary>
    public static async Task<string> RunAsync(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return await output + await errors;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
