using System.Runtime.InteropServices;

namespace Gateway.Core.Buffers;

/// <summary>
/// Memory outside of the collector's heap, straight from the system: what has not been written takes none, and all of it is back at once. Arrays
/// do neither. Those of clients who send messages in part, and are ended, outlive the collector's quick looks, and then wait for a look at the whole
/// heap, as the large ones do from the beginning: which stops every thread, or comes too late for the kernel's limit.
/// </summary>
internal sealed unsafe partial class MappedBytes
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22; // PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS; mmap(2) on Linux

    private byte* _address;

    private MappedBytes(int length) => Length = length;

    public int Length { get; }

    /// <summary>Not to be used after <see cref="Free"/>.</summary>
    public Span<byte> Span => new(_address, Length);

    /// <summary>Null: the system has no room.</summary>
    public static MappedBytes? TryCreate(int length)
    {
        try
        {
            var bytes = new MappedBytes(length); // first: there may be no room for itself, and what is mapped by then would stay
            bytes._address = OperatingSystem.IsLinux() ? (byte*)Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0) : (byte*)NativeMemory.Alloc((nuint)length);
            return (nint)bytes._address == -1 ? null : bytes;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Exactly once, when nobody reads or writes it any more.</summary>
    public void Free()
    {
        if (OperatingSystem.IsLinux())
            _ = Unmap((nint)_address, (nuint)Length);
        else
            NativeMemory.Free(_address);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
