using Gateway.Core.Brokers;

namespace Gateway.Core.Cluster;

/// <summary>How many clients a second a node may send to the others.</summary>
internal static class Pace
{
    /// <summary>
    /// Arrivals a second that each node is taken to have had beside those it had. Who gets a client is the load balancer's choice, and is
    /// known from arrivals only: while there are few, all are expected at one node, as a balancer by least connections sends them to a
    /// new one. Few enough that a moment of draining shows how they spread, many enough that two or three by chance do not.
    /// </summary>
    private const double Unseen = 5;

    /// <summary>
    /// What the nodes that take clients can take beside those who come on their own account, spread as the latest arrivals were, shared
    /// evenly among the nodes that send some away. Null: it is not known of any that takes clients, and nothing can be said.
    /// </summary>
    /// <param name="nodes">What all nodes have announced.</param>
    /// <param name="self">The node that asks.</param>
    public static double? Of(IReadOnlyList<NodeAnnouncement> nodes, string self)
    {
        double arriving = 0, sent = 0;
        int takers = 0, senders = 1; // the one that asks is one
        foreach (var node in nodes)
        {
            sent += node.SendingAway;
            if (node.Node == self)
                continue;
            if (node.TakesClients)
            {
                takers++;
                arriving += node.Accepted;
            }

            if (node.SendingAway > 0)
                senders++;
        }

        if (takers == 0)
            return null;
        // The node that gets the largest share of arrivals, measured by what it can take, is the first to be full.
        var most = nodes.Where(node => node.Node != self && node.TakesClients).Min(node => node.AcceptRate * (arriving + Unseen) / (node.Accepted + Unseen));
        // Those who were sent arrive too: what is above them came on its own account.
        var others = Math.Max(0, arriving - sent);
        return Math.Max(0, most - others) / senders;
    }
}
