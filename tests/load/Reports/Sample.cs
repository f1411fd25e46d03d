namespace Gateway.Load.Reports;

/// <summary>One look at the run.</summary>
/// <param name="Seconds">Since the run began.</param>
/// <param name="Phase">What the scenario was at.</param>
/// <param name="Open">Connections that stand.</param>
/// <param name="Done">Things done until now, such as deliveries.</param>
/// <param name="PerSecond">Things done a second since the look before.</param>
/// <param name="NodeCores">CPU time a second of the node's processes; null: they are not known.</param>
/// <param name="LoadCores">CPU time a second of this program.</param>
/// <param name="ResidentBytes">Resident memory of the node's processes; null: they are not known.</param>
internal readonly record struct Sample(
    double Seconds, string Phase, int Open, long Done, double PerSecond, double? NodeCores, double LoadCores, double? ResidentBytes);
