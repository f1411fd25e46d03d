namespace Gateway.Load.Scenarios.Neighbours;

internal sealed record NeighboursSettings(int Subscribers, int Stuck, int Size, int Rate, TimeSpan Duration, int Rounds, double MaxRatio);
