namespace Gateway.Load.Scenarios.Stop;

internal sealed record StopSettings(int Subscribers, int Rate, TimeSpan Duration, TimeSpan Within, string Protocol);
