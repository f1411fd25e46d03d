using System.Runtime.InteropServices;

namespace Gateway.Core.Framing;

/// <summary>Owns a native compressor or decompressor; freed by whoever holds it, or else by the finalizer. Used by one thread at a time.</summary>
internal abstract unsafe class ZlibHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private Zlib.Stream _stream;

    public override bool IsInvalid => handle == 0;

    protected ref Zlib.Stream Stream => ref _stream;

    /// <summary>One step: as much of the input as fits into the output.</summary>
    public Zlib.Code Run(ref ReadOnlySpan<byte> input, scoped Span<byte> output, Zlib.Flush flush, out int written)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* nextIn = input, nextOut = output)
        {
            _stream.NextIn = nextIn;
            _stream.AvailableIn = (uint)input.Length;
            _stream.NextOut = nextOut;
            _stream.AvailableOut = (uint)output.Length;
            var code = Step(flush);
            written = output.Length - (int)_stream.AvailableOut;
            input = input[^(int)_stream.AvailableIn..];
            return code == Zlib.Code.MemoryError ? throw new InsufficientMemoryException("zlib got no memory.") : code;
        }
    }

    protected abstract Zlib.Code Step(Zlib.Flush flush);

    /// <summary>Takes what an init function made of <see cref="Stream"/>.</summary>
    protected void Own(Zlib.Code code)
    {
        if (code != Zlib.Code.Ok)
            throw new InvalidOperationException($"zlib did not begin ({code}).");
        SetHandle((nint)_stream.State);
    }
}

/// <summary>A raw deflate compressor.</summary>
internal sealed class DeflateHandle : ZlibHandle
{
    public DeflateHandle(int windowBits, int level) => Own(Zlib.DeflateInit(ref Stream, level, windowBits));

    protected override Zlib.Code Step(Zlib.Flush flush) => Zlib.Deflate(ref Stream, flush);

    // DataError: there was output nobody asked for; it is freed all the same.
    protected override bool ReleaseHandle() => Zlib.DeflateEnd(ref Stream) is Zlib.Code.Ok or Zlib.Code.DataError;
}

/// <summary>A raw deflate decompressor.</summary>
internal sealed class InflateHandle : ZlibHandle
{
    private readonly int _windowBits;

    public InflateHandle(int windowBits)
    {
        _windowBits = windowBits;
        Own(Zlib.InflateInit(ref Stream, windowBits));
    }

    /// <summary>Begins anew, with an empty window; also after an error.</summary>
    public void Reset()
    {
        if (Zlib.InflateReset(ref Stream, _windowBits) != Zlib.Code.Ok)
            throw new InvalidOperationException("zlib did not begin again.");
    }

    protected override Zlib.Code Step(Zlib.Flush flush) => Zlib.Inflate(ref Stream, flush);

    protected override bool ReleaseHandle() => Zlib.InflateEnd(ref Stream) == Zlib.Code.Ok;
}
