namespace Gateway.Load.Scenarios.Echo;

internal sealed record EchoSettings(int Connections, int Size, int[] InFlight, TimeSpan Duration, int Rounds);
