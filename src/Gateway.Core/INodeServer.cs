using System.Net;

namespace Gateway.Core;

/// <summary>A node's server: its endpoints, and whether it takes clients.</summary>
public interface INodeServer
{
    /// <summary>Where clients connect: the real addresses; none before it listens.</summary>
    IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>Whether load balancers should send clients.</summary>
    NodeReadiness Readiness { get; }

    /// <summary>Starts the node and listens on every endpoint.</summary>
    /// <exception cref="Transport.ListenException">An endpoint cannot be listened on; nothing is listening.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Drains the node, accepting nobody once load balancers know, and waits for the ends of all connections; what is left after
    /// <see cref="Options.DrainOptions.Timeout"/>, or when cancelled, is cut.
    /// </summary>
    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Sends all clients away, at a rate that the other nodes can take, and takes none; the node goes on running.</summary>
    void BeginDrain();

    /// <summary>Calls a drain off. False: there is none, or the node is stopping.</summary>
    bool CancelDrain();
}

/// <summary>Whether the node should be sent clients.</summary>
/// <param name="Ready">It should.</param>
/// <param name="Reason">One line for an operator.</param>
public readonly record struct NodeReadiness(bool Ready, string Reason);
