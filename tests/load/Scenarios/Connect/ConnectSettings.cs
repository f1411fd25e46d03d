namespace Gateway.Load.Scenarios.Connect;

/// <param name="Connections">Handshakes of a storm.</param>
/// <param name="InFlight">Handshakes at once, measured in turn; empty: by rate.</param>
/// <param name="Rate">Handshakes a second.</param>
/// <param name="Rounds">Storms of each kind.</param>
/// <param name="Protocol">Client protocol.</param>
internal sealed record ConnectSettings(int Connections, int[] InFlight, int Rate, int Rounds, string Protocol);
