using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

#pragma warning disable CS1591 // An option's [Description] is its documentation.

namespace Gateway.Core.Options;

/// <summary>How the node keeps within its memory.</summary>
public sealed class MemoryOptions
{
    [Description("Memory that the node may use in all. 0: the limit of its control group (version 1 or 2), else what the machine has. Also above 0 a smaller limit of the control group counts.")]
    [Range(0, 1L << 50)]
    public long BudgetBytes { get; set; }

    [Description("Share of the budget, in percent, that may wait for clients: inboxes, outbound queues, requests, records and messages in parts.")]
    [Range(1, 90)]
    public int WaitingPercent { get; set; } = 50;

    [Description("Share of the budget, in percent, that clients may make the node keep in all: what waits, and what their connections own (subscriptions, channels, TLS sessions, what tokens say). Above it upgrades, TLS handshakes and subscriptions are refused; from 90 percent of it the connections that own most are given up. Below Gateway:Memory:WaitingPercent that one counts. The rest is for the program, the collector's slack and the kernel's socket buffers.")]
    [Range(1, 90)]
    public int ClientsPercent { get; set; } = 65;

    [Description("From so much of what may wait, in percent, the largest backlogs are given up, each by its channel's rule, until ten points less wait. Also from 85 percent of the whole budget in use.")]
    [Range(1, 100)]
    public int ShedAtPercent { get; set; } = 70;

    [Description("From so much of what may wait, in percent, upgrades are refused with 503 until ten points less wait. Also from 92 percent of the whole budget in use.")]
    [Range(1, 100)]
    public int RefuseUpgradesAtPercent { get; set; } = 85;

    [Description("From so much of what may wait, in percent, publications are refused with 503 until ten points less wait; those that the broker brings all the same are dropped and counted. Also from 96 percent of the whole budget in use.")]
    [Range(1, 100)]
    public int RefusePublicationsAtPercent { get; set; } = 95;
}
