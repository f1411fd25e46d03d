using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Gateway.Load.Client;
using Gateway.Load.Server;

namespace Gateway.Load.Cluster;

/// <summary>
/// A haproxy that spreads TCP connections over the nodes that say they are ready, as a Kubernetes service does. It needs two descriptors
/// a client.
/// </summary>
internal sealed partial class LoadBalancer : IDisposable
{
    /// <summary>How often a node is asked whether it is ready; the first other answer counts.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _configuration = Path.GetTempFileName();
    private readonly ConcurrentDictionary<int, bool> _isUp = [];
    private readonly ChildProcess _child;

    /// <param name="number">From 0 on.</param>
    /// <param name="slots">Where nodes listen, or will.</param>
    /// <param name="balance">haproxy's word: roundrobin, leastconn, random.</param>
    /// <param name="most">Clients.</param>
    public LoadBalancer(int number, IReadOnlyList<NodeSlot> slots, string balance, int most)
    {
        EndPoint = FreeEndPoint.On(new IPAddress([127, 0, 4, (byte)(number + 1)]));
        File.WriteAllText(_configuration, Configuration(slots, balance, most));
        try
        {
            _child = new ChildProcess(new ProcessStartInfo(Find()) { ArgumentList = { "-db", "-f", _configuration } }, Hear);
        }
        catch (Win32Exception)
        {
            File.Delete(_configuration);
            throw;
        }
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Waits until it has found exactly these nodes ready.</summary>
    public void WaitFor(Loop loop, IReadOnlyList<NodeSlot> slots, Func<NodeSlot, bool> isReady, Action? eachTurn = null)
    {
        if (!loop.RunUntil(() => slots.All(slot => IsUp(slot) == isReady(slot)) || _child.HasExited, Patience, eachTurn) || _child.HasExited)
            throw new LoadException($"haproxy does not find the nodes that are ready:\n{string.Join('\n', _child.Lines)}");
    }

    public void Dispose()
    {
        _child.Dispose();
        File.Delete(_configuration);
    }

    // Debian puts it where only root's PATH looks.
    private static string Find() => File.Exists("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : "haproxy";

    // Until it says otherwise, a server counts as ready.
    private bool IsUp(NodeSlot slot) => _isUp.GetValueOrDefault(slot.Number, true);

    private void Hear(string line)
    {
        if (State().Match(line) is { Success: true } match)
            _isUp[int.Parse(match.Groups[1].ValueSpan)] = match.Groups[2].ValueSpan is "UP";
    }

    private string Configuration(IReadOnlyList<NodeSlot> slots, string balance, int most) => $"""
        global
          maxconn {most + 100}
          nbthread 1
        defaults
          mode tcp
          balance {balance}
          timeout connect 5s
          timeout client 1h
          timeout server 1h
          timeout check 2s
        listen nodes
          bind {EndPoint}
          option httpchk GET /readyz
          default-server check inter {CheckInterval.TotalMilliseconds:0}ms fall 1 rise 1
        {string.Join('\n', slots.Select(slot => $"  server {slot.Number} {slot.Client} addr {slot.Admin.Address} port {slot.Admin.Port}"))}

        """;

    [GeneratedRegex(@"Server nodes/(\d+) is (UP|DOWN)")]
    private static partial Regex State();
}
