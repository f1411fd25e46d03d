namespace Gateway.Load.Scenarios.Pressure;

/// <param name="GroupBytes">Limit of the control group that the node runs in; 0: none.</param>
/// <param name="Readers">Clients that read slowly, each a channel of its own.</param>
/// <param name="ReadEvery">Between two reads of a slow one, of at most its window.</param>
/// <param name="Healthy">Clients that read all that comes, of one channel.</param>
/// <param name="Size">Bytes of a publication to a slow one.</param>
/// <param name="Rate">Publications a second to each slow one.</param>
/// <param name="Duration">Of the pressure.</param>
/// <param name="Policy">For slow consumers, as options write it.</param>
internal sealed record PressureSettings(long GroupBytes, int Readers, TimeSpan ReadEvery, int Healthy, int Size, int Rate, TimeSpan Duration, string Policy);
