namespace Gateway.Core.Transport.Tls;

/// <summary>What became of ciphertext that came.</summary>
internal enum CipherInput : byte
{
    /// <summary>It is kept: it is part of a record, or somebody reads already.</summary>
    Kept,

    /// <summary>A read waits for it, and <see cref="CipherStream.Wake"/> completes it.</summary>
    Readable,

    /// <summary>The node has no memory for it; nothing is kept any more.</summary>
    Short,
}
