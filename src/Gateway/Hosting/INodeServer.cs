using System.Net;
using Gateway.Core.Options;
using Gateway.Core.Transport;

namespace Gateway.Hosting;

/// <summary>What the host does with a node: start it and stop it.</summary>
internal interface INodeServer
{
    /// <summary>Where clients connect: the real addresses, once started.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Puts other rules about channels in force; false: they are the ones in force.</summary>
    bool ApplyRules(IEnumerable<RuleOptions> rules);

    /// <exception cref="ListenException">An address cannot be listened on.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends every connection with a close frame, within <c>Gateway:Drain:Timeout</c>.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
