namespace Gateway.Docs;

internal static class Repository
{
    /// <summary>The folder of <c>Gateway.sln</c>, above the program.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The program runs outside of the repository.");
        return folder.FullName;
    }
}
