namespace Gateway.Core.Framing;

/// <summary>What a frame is, RFC 6455 §5.2.</summary>
internal enum Opcode : byte
{
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

internal static class Opcodes
{
    /// <summary>Control frames are those whose opcode's highest bit is set, RFC 6455 §5.5.</summary>
    public static bool IsControl(this Opcode opcode) => ((byte)opcode & 0x8) != 0;
}
