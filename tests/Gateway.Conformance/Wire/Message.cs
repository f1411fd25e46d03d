using System.Text;

namespace Gateway.Conformance.Wire;

/// <summary>A whole message.</summary>
internal sealed record Message(Opcode Opcode, byte[] Payload)
{
    public static Message Text(string text) => new(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public static Message Binary(byte[] payload) => new(Opcode.Binary, payload);

    public bool Equals(Message? other) => other is not null && Opcode == other.Opcode && Payload.AsSpan().SequenceEqual(other.Payload);

    public override int GetHashCode() => HashCode.Combine(Opcode, Payload.Length);

    public override string ToString() => $"{Opcode} of {Payload.Length} bytes: {Convert.ToHexString(Payload.AsSpan(0, Math.Min(40, Payload.Length)))}";
}
