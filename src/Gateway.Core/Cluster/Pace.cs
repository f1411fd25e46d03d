using Gateway.Core.Brokers;

namespace Gateway.Core.Cluster;

/// <summary>How many clients a second a node may send to the others.</summary>
internal static class Pace
{
    /// <summary>
    /// What the nodes that take clients can take beside those who come on their own account, shared evenly among the nodes that send some
    /// away. Null: it is not known of any that takes clients, and nothing can be said.
    /// </summary>
    /// <param name="nodes">What all nodes have announced.</param>
    /// <param name="self">The node that asks.</param>
    public static double? Of(IReadOnlyList<NodeAnnouncement> nodes, string self)
    {
        double ceiling = 0, arriving = 0, sent = 0;
        int takers = 0, senders = 1; // the one that asks is one
        foreach (var node in nodes)
        {
            sent += node.SendingAway;
            if (node.Node == self)
                continue;
            if (node.TakesClients)
            {
                takers++;
                ceiling += node.AcceptRate;
                arriving += node.Accepted;
            }

            if (node.SendingAway > 0)
                senders++;
        }

        if (takers == 0)
            return null;
        // Those who were sent arrive too: what is above them came on its own account.
        var others = Math.Max(0, arriving - sent);
        return Math.Max(0, ceiling - others) / senders;
    }
}
