using System.Net.Sockets;
using System.Security.Cryptography;
using Gateway.Core.Framing;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Connections;

/// <summary>How a client behaves around its fault. In none of them may the answer be lost.</summary>
public enum Manner
{
    /// <summary>It sends the fault and waits.</summary>
    Waits,

    /// <summary>The fault comes byte by byte.</summary>
    ByteByByte,

    /// <summary>The beginning of another frame stands behind the fault, and never its end.</summary>
    HalfAFrameBehind,

    /// <summary>Megabytes stand behind the fault, and it reads only when it has sent them.</summary>
    MegabytesBehind,

    /// <summary>It sends on until the node has had enough.</summary>
    SendsOn,
}

internal static class Manners
{
    /// <summary>Above this the node reads no further: more than <see cref="Manner.MegabytesBehind"/> sends.</summary>
    public const int MaxDiscardBytes = 8 * 1024 * 1024;

    private const int Megabytes = 3 * 1024 * 1024;

    /// <summary>Sends the fault in a manner. The task within ends when nothing more is sent.</summary>
    public static async Task<Task> SendFaultAsync(this WsClient client, byte[] fault, Manner manner)
    {
        switch (manner)
        {
            case Manner.ByteByByte:
                await client.SendInPiecesAsync(fault, () => 1);
                break;
            case Manner.HalfAFrameBehind:
                var frame = WsClient.Frame(Opcode.Text, new byte[100]);
                await client.SendRawAsync((byte[])[.. fault, .. frame[..50]]);
                break;
            case Manner.MegabytesBehind:
                await client.SendRawAsync((byte[])[.. fault, .. new byte[Megabytes]]);
                break;
            case Manner.SendsOn:
                await client.SendRawAsync(fault);
                return SendOnAsync(client);
            default:
                await client.SendRawAsync(fault);
                break;
        }

        return Task.CompletedTask;
    }

    /// <summary>Sends bytes cut where the test says. Whether the pieces arrive so is the kernel's choice; that they may is the point.</summary>
    public static async Task SendInPiecesAsync(this WsClient client, ReadOnlyMemory<byte> bytes, Func<int> next)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(next(), bytes.Length)];
            await client.SendRawAsync(piece);
            bytes = bytes[piece.Length..];
        }
    }

    private static async Task SendOnAsync(WsClient client)
    {
        var bytes = RandomNumberGenerator.GetBytes(64 * 1024);
        try
        {
            while (true)
                await client.SendRawAsync(bytes);
        }
        catch (SocketException)
        {
            // The node has read enough, and resets.
        }
    }
}
