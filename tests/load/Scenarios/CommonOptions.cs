using System.CommandLine;

namespace Gateway.Load.Scenarios;

/// <summary>Options that several scenarios have. Their bounds keep a run short and on one machine.</summary>
internal static class CommonOptions
{
    private const int MostConnections = 60_000;
    private const double MostSeconds = 600;

    public static Option<int> Count(string name, string description, int byDefault, int most = MostConnections)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < 0 || value > most))
                result.AddError($"{name}: 0 to {most}.");
        });
        return option;
    }

    /// <summary>Makes an open loop.</summary>
    public static Option<int> Rate(string description, int byDefault = 0) => Count("--rate", description, byDefault, 1_000_000);

    public static Option<double> Seconds(string name, string description, double byDefault)
    {
        var option = new Option<double>(name) { Description = description, DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= MostSeconds))
                result.AddError($"{name}: more than 0, at most {MostSeconds} seconds.");
        });
        return option;
    }

    /// <summary>Values that are measured in turn, in the same run.</summary>
    public static Option<int[]> InFlight(string description, params int[] byDefault)
    {
        var option = new Option<int[]>("--in-flight") { Description = description, DefaultValueFactory = _ => byDefault, AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(result =>
        {
            if ((result.GetValueOrDefault<int[]>() ?? []).Any(value => value is < 1 or > 2048))
                result.AddError("--in-flight: 1 to 2048.");
        });
        return option;
    }
}
