namespace Gateway.Load.Scenarios.Churn;

internal sealed record ChurnSettings(int Connections, int Cycles, double MaxGrowthPercent);
