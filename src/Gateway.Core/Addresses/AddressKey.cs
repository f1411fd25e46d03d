using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Core.Addresses;

/// <summary>
/// Whom limits by address mean: an IPv4 address, or an IPv6 network of 64 bits, which is what one subscriber is given (RFC 6177) and may
/// draw addresses from as it likes.
/// </summary>
/// <param name="IsV4">An IPv4 address, also one that is mapped into IPv6.</param>
/// <param name="Bits">The address, or the network's 64 bits.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AddressKey(bool IsV4, ulong Bits)
{
    /// <summary>Seeded anew in each process: who owns many networks chooses which of them to come from.</summary>
    public override int GetHashCode() => HashCode.Combine(IsV4, Bits);

    /// <summary>Whom an endpoint belongs to. Null: its address is of another kind, or not known.</summary>
    /// <param name="endPoint">A peer.</param>
    public static AddressKey? Of(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
            return null;
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _))
            return null;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return new AddressKey(IsV4: true, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.IsIPv4MappedToIPv6
            ? new AddressKey(IsV4: true, BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]))
            : new AddressKey(IsV4: false, BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }
}
