using System.Buffers.Binary;
using Gateway.Core.Framing;
using Gateway.Load.Client;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>Looks through what a node sends for how it ends a connection; keeps nothing but the beginning of a frame.</summary>
/// <param name="isUpgrading">An answer to an upgrade comes first.</param>
internal sealed class ServerEnding(bool isUpgrading)
{
    private readonly byte[] _begun = new byte[1024];
    private int _length;
    private long _skip;

    /// <summary>The HTTP status that refused it, or the close code; 0: none has come.</summary>
    public int Code { get; private set; }

    /// <summary>Whether the upgrade was answered with 101.</summary>
    public bool IsOpen { get; private set; }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Code == 0)
        {
            var skipped = (int)Math.Min(_skip, bytes.Length);
            _skip -= skipped;
            bytes = bytes[skipped..];
            var taken = Math.Min(bytes.Length, _begun.Length - _length);
            bytes[..taken].CopyTo(_begun.AsSpan(_length));
            _length += taken;
            bytes = bytes[taken..];
            if (!Look() && taken == 0)
                return; // an answer that is longer than what is kept of it
        }
    }

    /// <summary>Takes what is whole out of what is kept. False: nothing was.</summary>
    private bool Look()
    {
        var had = _length;
        if (!IsOpen)
        {
            if (UpgradeExchange.Read(_begun.AsSpan(0, _length)) is var head && head > 0 && isUpgrading)
                (IsOpen, _length) = (true, Drop(head));
            else if (UpgradeExchange.StatusOf(_begun.AsSpan(0, _length)) is var status && (head < 0 || !isUpgrading))
                Code = status;
        }

        while (IsOpen && Code == 0 && FrameHeader.TryDecode(_begun.AsSpan(0, _length), out var header, out var size) && (header.Opcode != Opcode.Close || _length >= size + header.PayloadLength))
        {
            if (header.Opcode == Opcode.Close)
                Code = header.PayloadLength >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(_begun.AsSpan(size)) : (int)CloseCode.NoStatus;
            var there = (int)Math.Min(_length, size + header.PayloadLength);
            _skip = size + header.PayloadLength - there;
            _length = Drop(there);
        }

        return _length < had;
    }

    private int Drop(int count)
    {
        _begun.AsSpan(count, _length - count).CopyTo(_begun);
        return _length - count;
    }
}
