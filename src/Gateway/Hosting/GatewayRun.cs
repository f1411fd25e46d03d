using System.Net.Sockets;
using Gateway.Configuration;
using Gateway.Core.Transport;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Hosting;

/// <summary>One run of the program, from arguments to exit code.</summary>
internal static class GatewayRun
{
    public const int Stopped = 0;
    public const int Failed = 1;

    /// <summary>EX_CONFIG of sysexits.h: restarting will not help.</summary>
    public const int Misconfigured = 78;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var line = CommandLine.Parse(args);
        if (line.Help || line.Version)
        {
            await output.WriteAsync(line.Help ? HelpText.Write(ProgramVersion.Text) : ProgramVersion.Text + "\n");
            return Stopped;
        }

        if (Configure(line, errors) is not { } settings)
            return Misconfigured;
        try
        {
            HeapLimit.Apply(settings.Gateway.Memory.BudgetBytes);
            await RunAsync(settings);
            return Stopped;
        }
        catch (Exception e) when (Explain(e, settings) is { } message)
        {
            await errors.WriteLineAsync(message);
            return Failed;
        }
        catch (Exception e)
        {
            await errors.WriteLineAsync(e.ToString());
            return Failed;
        }
    }

    private static GatewaySettings? Configure(CommandLine line, TextWriter output)
    {
        var environment = ConfigurationSources.EnvironmentName(line);
        IConfigurationRoot configuration;
        try
        {
            configuration = ConfigurationSources.Build(line, environment);
        }
        catch (InvalidDataException e)
        {
            output.WriteLine($"The configuration is wrong: {e.Message} {e.InnerException?.Message}");
            return null;
        }

        var (settings, errors) = GatewaySettings.Bind(configuration, environment, line.Values.Keys);
        errors = [.. line.Errors, .. errors];
        if (errors.Count == 0)
            return settings;
        output.WriteLine(errors.Count == 1 ? "The configuration has an error:" : $"The configuration has {errors.Count} errors:");
        foreach (var error in errors)
            output.WriteLine("  " + error);
        foreach (var unknown in settings.Unknown)
            output.WriteLine($"  (also: {unknown.Key} is not an option; did you mean {unknown.Nearest}?)");
        output.WriteLine("--help lists every option.");
        return null;
    }

    private static async Task RunAsync(GatewaySettings settings)
    {
        // Disposed on the way out of a failure too, so that the log is written to its end before the message that follows.
        await using var app = GatewayHost.Build(settings);
        await app.StartAsync();
        await app.WaitForShutdownAsync();
    }

    /// <summary>In one line, what an operator can change; null for a fault of ours.</summary>
    internal static string? Explain(Exception exception, GatewaySettings settings) => exception switch
    {
        ListenException => exception.Message,
        IOException { InnerException: AddressInUseException } =>
            $"Gateway:Admin:Address = \"{settings.Admin.Address}\": the port is in use. Set another, or 0 to take a free one.",
        SocketException socket => $"Gateway:Admin:Address = \"{settings.Admin.Address}\": cannot be listened on: {socket.Message}.",
        _ => null,
    };
}
