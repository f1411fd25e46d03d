using System.Runtime.InteropServices;

namespace Gateway.Core.Framing;

/// <summary>
/// The runtime's own zlib (zlib-ng), by the entry points that System.IO.Compression itself calls: they are linked into a single file and
/// into native AOT as well. Why not its streams: <c>docs/decisions/0006-zlib-binding.md</c>.
/// </summary>
internal static unsafe partial class Zlib
{
    /// <summary>Raw deflate refuses 8: its 256-byte window never worked.</summary>
    public const int MinWindowBits = 9;

    public const int MaxWindowBits = 15;

    private const string Library = "libSystem.IO.Compression.Native";
    private const int Deflated = 8; // the only method
    private const int DefaultStrategy = 0;

    // zlib's default; System.IO.Compression's too.
    private const int MemoryLevel = 8;

    public enum Flush
    {
        None = 0,

        /// <summary>Ends at a byte with an empty stored block: 00 00 FF FF.</summary>
        Sync = 2,

        /// <summary>The same, and what follows refers to nothing before it.</summary>
        Full = 3,

        /// <summary>For inflating: stops behind the block.</summary>
        Block = 5,
    }

    public enum Code
    {
        Ok = 0,
        StreamEnd = 1,
        NeedDictionary = 2,
        DataError = -3,
        MemoryError = -4,

        /// <summary>No progress was possible; not an error.</summary>
        BufferError = -5,
    }

    /// <summary>Negative bits: raw deflate, without zlib's header and checksum (RFC 7692 §7.2.1).</summary>
    public static Code DeflateInit(ref Stream stream, int level, int windowBits) =>
        DeflateInit2(ref stream, level, Deflated, -windowBits, MemoryLevel, DefaultStrategy);

    public static Code InflateInit(ref Stream stream, int windowBits) => InflateInit2(ref stream, -windowBits);

    public static Code InflateReset(ref Stream stream, int windowBits) => InflateReset2(ref stream, -windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Deflate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Code Deflate(ref Stream stream, Flush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Code DeflateEnd(ref Stream stream);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Code Inflate(ref Stream stream, Flush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial Code InflateEnd(ref Stream stream);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Code DeflateInit2(ref Stream stream, int level, int method, int windowBits, int memoryLevel, int strategy);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Code InflateInit2(ref Stream stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial Code InflateReset2(ref Stream stream, int windowBits);

    /// <summary>PAL_ZStream of the runtime's pal_zlib.h. The state behind it does not point back, so that it may move between calls.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Stream
    {
        public byte* NextIn;
        public byte* NextOut;
        public byte* Message;
        public void* State;
        public uint AvailableIn;
        public uint AvailableOut;
    }
}
