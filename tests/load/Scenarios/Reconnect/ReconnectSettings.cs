namespace Gateway.Load.Scenarios.Reconnect;

internal sealed record ReconnectSettings(int Connections, int Cycles, double MaxGrowthPercent);
