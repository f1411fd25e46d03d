using System.Diagnostics.Tracing;
using Gateway.Load.Client;
using Microsoft.Diagnostics.NETCore.Client;

namespace Gateway.Load.Server;

/// <summary>Makes the node collect all of its garbage, by the runtime's diagnostic port, so that its heap can be compared.</summary>
internal static class FullCollection
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const long CollectKeyword = 0x800000; // GCHeapCollect: a full, blocking collection when the session begins

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The heap's bytes afterwards; null: the node has no such port (a native build), or its process or admin side is not known.</summary>
    public static double? HeapAfter(Loop loop, Target target)
    {
        if (target.Pid is not { } pid || target.Admin is not { } admin)
            return null;
        var before = admin.Metrics().FullCollections;
        try
        {
            using var session = new DiagnosticsClient(pid).StartEventPipeSession(
                [new EventPipeProvider(Runtime, EventLevel.Informational, CollectKeyword)], requestRundown: false, circularBufferMB: 1);
            session.Stop();
        }
        catch (ServerNotAvailableException)
        {
            return null;
        }

        return loop.RunUntil(() => admin.Metrics().FullCollections > before, Patience)
            ? admin.Metrics().HeapBytes
            : throw new LoadException("The node did not collect its garbage.");
    }
}
