using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Core.Telemetry;

/// <summary>
/// A file of the kernel's, whose content is new at each reading. It is kept open, since a process that has no descriptor left could not open
/// it, and what is asked of it then is what matters most. Any thread may read.
/// </summary>
/// <param name="path">Under /proc or /sys/fs/cgroup.</param>
internal sealed class KernelFile(string path)
{
    private const int Piece = 4096;

    private readonly Lock _gate = new();
    private SafeFileHandle? _handle; // closed by its finalizer

    /// <summary>What it holds now; null: it is not there, or not ours to see.</summary>
    public string? Read()
    {
        try
        {
            return Text(Handle());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private SafeFileHandle Handle()
    {
        lock (_gate)
            return _handle ??= File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    private static string Text(SafeFileHandle handle)
    {
        var bytes = new byte[Piece];
        var length = 0;
        // The kernel makes it anew for whoever reads from its beginning.
        while (RandomAccess.Read(handle, bytes.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
            if (length == bytes.Length)
                Array.Resize(ref bytes, 2 * length);
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
