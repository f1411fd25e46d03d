using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Gateway.Core.Connections;

/// <summary>A connection's id: 64 random bits, so that it is unique across nodes and restarts; 16 hexadecimal digits as text.</summary>
internal readonly record struct ConnectionId(ulong Value)
{
    public static ConnectionId Create()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return new ConnectionId(BitConverter.ToUInt64(bytes));
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out ConnectionId id)
    {
        var isId = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && text.Length == 16;
        id = new ConnectionId(isId ? value : 0);
        return isId;
    }

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
