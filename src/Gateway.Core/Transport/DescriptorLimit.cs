using System.Globalization;
using System.IO.Enumeration;

namespace Gateway.Core.Transport;

/// <summary>How many descriptors the process may have, sockets included.</summary>
internal static class DescriptorLimit
{
    private const string Label = "Max open files";

    /// <summary>The soft limit; null: unknown or unlimited.</summary>
    public static long? Read()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
            var soft = line?[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, CultureInfo.InvariantCulture, out var limit) ? limit : null;
        }
        catch (IOException)
        {
            return null; // not Linux
        }
    }

    /// <summary>Descriptors in use, sockets included; null: unknown. A microsecond each, and no string: for scrapes.</summary>
    public static long? Open()
    {
        try
        {
            return new FileSystemEnumerable<bool>("/proc/self/fd", static (ref FileSystemEntry _) => true).LongCount();
        }
        catch (IOException)
        {
            return null; // not Linux
        }
    }
}
