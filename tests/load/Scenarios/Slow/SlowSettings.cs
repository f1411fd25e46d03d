namespace Gateway.Load.Scenarios.Slow;

internal sealed record SlowSettings(int Subscribers, int Stuck, int Size, int Rate, TimeSpan Duration, int Rounds, double MaxRatio);
