namespace Gateway.Load.Scenarios.Churn;

/// <param name="Connections">Clients.</param>
/// <param name="Channels">Channels among which they move.</param>
/// <param name="Rate">Commands a second over all clients; 0: each sends the next when one is answered.</param>
/// <param name="Publications">Publications a second over all channels.</param>
/// <param name="Duration">Of each measurement.</param>
/// <param name="Rounds">Times that it is measured.</param>
internal sealed record ChurnSettings(int Connections, int Channels, int Rate, int Publications, TimeSpan Duration, int Rounds);
