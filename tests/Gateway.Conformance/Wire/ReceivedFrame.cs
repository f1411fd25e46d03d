namespace Gateway.Conformance.Wire;

/// <summary>A frame of the node's.</summary>
/// <param name="Opcode">What it is.</param>
/// <param name="Fin">Whether it is its message's last.</param>
/// <param name="Rsv1">Whether its message is compressed.</param>
/// <param name="Payload">Its payload, as it stood.</param>
internal sealed record ReceivedFrame(Opcode Opcode, bool Fin, bool Rsv1, byte[] Payload);
