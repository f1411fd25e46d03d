namespace Gateway.Load.Scenarios.Mixed;

/// <param name="Subscribers">Clients that are subscribed for good.</param>
/// <param name="Channels">Their channels.</param>
/// <param name="Each">Channels of each of them.</param>
/// <param name="Size">Bytes of a publication, and of an echoed message.</param>
/// <param name="Publications">Publications a second over all channels.</param>
/// <param name="EchoClients">Clients of the echo.</param>
/// <param name="Echoes">Messages a second of all of them.</param>
/// <param name="ChurnClients">Clients that subscribe and unsubscribe.</param>
/// <param name="Commands">Commands a second of all of them.</param>
/// <param name="Protocol">Client protocol of the subscribers.</param>
internal sealed record MixedSettings(
    int Subscribers, int Channels, int Each, int Size, int Publications, int EchoClients, int Echoes, int ChurnClients, int Commands, string Protocol);
