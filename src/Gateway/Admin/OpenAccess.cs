namespace Gateway.Admin;

/// <summary>Marks what anyone who reaches the admin address may get: probes and Prometheus carry no key. All else is guarded.</summary>
internal sealed class OpenAccess
{
    public static readonly OpenAccess Instance = new();
}
