namespace Gateway.Load.Scenarios.Echo;

/// <param name="Connections">Clients.</param>
/// <param name="Size">Bytes of a message.</param>
/// <param name="InFlight">Messages of each client on their way, measured in turn; empty: by rate.</param>
/// <param name="Rate">Messages a second over all clients.</param>
/// <param name="Duration">Of each measurement.</param>
/// <param name="Rounds">Times that each is measured.</param>
internal sealed record EchoSettings(int Connections, int Size, int[] InFlight, int Rate, TimeSpan Duration, int Rounds);
