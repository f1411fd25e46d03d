using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport;

/// <summary>How many descriptors the process may have, sockets included.</summary>
internal static class DescriptorLimit
{
    private const string Label = "Max open files";
    private const int TooManyOpenFiles = 24; // EMFILE: this process has none left

    private static readonly KernelFile Limits = new("/proc/self/limits");
    private static readonly StrongBox<long> LastOpen = new();

    /// <summary>The soft limit; null: unknown or unlimited.</summary>
    public static long? Read()
    {
        var line = Limits.Read()?.Split('\n').FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        var soft = line?[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    /// <summary>Descriptors in use, sockets included; null: unknown. A microsecond each, and no string: for scrapes.</summary>
    public static long? Open()
    {
        try
        {
            return LastOpen.Value = new FileSystemEnumerable<bool>("/proc/self/fd", static (ref FileSystemEntry _) => true).LongCount();
        }
        catch (IOException e) when (e.HResult == TooManyOpenFiles)
        {
            return Read(); // to look takes one, and there is none
        }
        catch (IOException)
        {
            return LastOpen.Value is > 0 and var last ? last : null; // not Linux
        }
    }
}
