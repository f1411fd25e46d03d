namespace Gateway.Core.Transport;

/// <summary>
/// How the process's descriptors are shared out. Each part has a bound that is kept where it is used, so that the parts together never pass
/// the limit: on a node that is full, probes are answered, Redis is reached again, and a certificate can be read.
/// <code>
/// limit                                     1,024    20,000    1,048,576
/// own: program, engines, files, listeners     422       422          422    OwnDescriptors and 3 a core, here 2
/// links: Redis, keys of an issuer, OTLP        64        64           64    LinkDescriptors
/// authorizer                                   64        64           64    Gateway:Authorizer:MaxConcurrent; none without one
/// farewells to refused clients                 32       256          256    a 32nd of the limit, 256 at most
/// admin connections                            64       512          512    a 16th of the limit, 512 at most
/// clients                                     378    18,682    1,047,258    the rest
/// </code>
/// </summary>
public sealed class DescriptorBudget
{
    /// <summary>
    /// <see cref="SpareDescriptors"/>, and measured: 205 at rest, 180 of them the runtime's two for each assembly; some 60 more assemblies are loaded by TLS, tokens, Redis and HTTP
    /// when they are used. 60 are for what is open for a moment: files, /proc, sockets between accept and refusal.
    /// </summary>
    public const int OwnDescriptors = SpareDescriptors.Count + 384;

    /// <summary>Of Redis three for each server, twice while they are replaced, and so for ten servers; two for an issuer's keys; two to export traces.</summary>
    public const int LinkDescriptors = 64;

    private const int MaxFarewells = 256; // some 400 bytes each; so many drain within a few round trips
    private const int MaxAdmin = 512; // publishers' pools, probes, Prometheus

    // Where the limit cannot be read or is unlimited: sockets cost memory as well.
    private const int Fallback = 65_536;

    /// <param name="limit">The process's limit; null: unknown or unlimited.</param>
    /// <param name="cores">An engine each, with its epoll and its wake-up, and a listener's socket.</param>
    /// <param name="authorizer">Connections to the authorizer.</param>
    public DescriptorBudget(long? limit, int cores, int authorizer)
    {
        var all = limit ?? Fallback + OwnDescriptors;
        Farewells = (int)Math.Clamp(all / 32, 16, MaxFarewells);
        Admin = (int)Math.Clamp(all / 16, 32, MaxAdmin);
        Reserve = OwnDescriptors + (3 * cores) + LinkDescriptors + authorizer + Farewells + Admin;
        MaxConnections = (int)Math.Clamp(all - Reserve, 1, 10_000_000);
        (Limit, IsKnown) = (all, limit is not null);
    }

    /// <summary>The process's limit, or what is taken for it.</summary>
    public long Limit { get; }

    /// <summary>Whether it could be read.</summary>
    public bool IsKnown { get; }

    /// <summary>Refused clients that are being told so.</summary>
    public int Farewells { get; }

    /// <summary>Connections to the admin side.</summary>
    public int Admin { get; }

    /// <summary>All that is not clients'.</summary>
    public int Reserve { get; }

    /// <summary>Clients that the limit leaves room for.</summary>
    public int MaxConnections { get; }

    /// <summary>That of this process.</summary>
    /// <param name="authorizer">Connections to the authorizer.</param>
    public static DescriptorBudget Read(int authorizer = 0) => new(DescriptorLimit.Read(), Environment.ProcessorCount, authorizer);
}
