using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Transport;

/// <summary>How many descriptors the process may have, sockets included.</summary>
internal static unsafe partial class DescriptorLimit
{
    private const string Folder = "/proc/self/fd";
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

    /// <summary>Descriptors in use, sockets included; null: unknown. For scrapes: of kernels before 6.2 it takes some microseconds each.</summary>
    public static long? Open()
    {
        try
        {
            return LastOpen.Value = Told() ?? new FileSystemEnumerable<bool>(Folder, static (ref FileSystemEntry _) => true).LongCount();
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

    /// <summary>As the kernel tells it, as the folder's size, without a look at each and without a descriptor; null: it does not, before 6.2.</summary>
    private static long? Told()
    {
        const int AtCurrentFolder = -100;
        const uint Size = 0x200; // STATX_SIZE
        const int SizeOffset = 40; // of stx_size in struct statx, which has 256 bytes: statx(2)
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var status = stackalloc byte[256];
            return Statx(AtCurrentFolder, Folder, 0, Size, status) == 0 && *(long*)(status + SizeOffset) is > 0 and var size ? size : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library of before 2018
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
