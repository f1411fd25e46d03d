namespace Gateway.Load.Scenarios.Fanout;

/// <param name="Subscribers">Clients.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Size">Bytes of a publication.</param>
/// <param name="InFlight">Publications on their way, measured in turn; empty: by rate.</param>
/// <param name="Rate">Publications a second.</param>
/// <param name="Duration">Of each measurement.</param>
/// <param name="Rounds">Times that each is measured.</param>
/// <param name="Protocol">Client protocol.</param>
internal sealed record FanoutSettings(int Subscribers, int Channels, int Size, int[] InFlight, int Rate, TimeSpan Duration, int Rounds, string Protocol);
