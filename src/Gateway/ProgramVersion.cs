using System.Reflection;

namespace Gateway;

/// <summary>This program's version.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit that the build may append.</summary>
    public static string Text { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
