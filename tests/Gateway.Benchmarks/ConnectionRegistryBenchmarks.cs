using BenchmarkDotNet.Attributes;
using Gateway.Core.Connections;

namespace Gateway.Benchmarks;

/// <summary>The registry with 18,000 connections in it: one found, one that comes and goes, and the heartbeat's look at a stripe.</summary>
public class ConnectionRegistryBenchmarks : IAsyncDisposable
{
    private const int Connections = 18_000;

    private readonly ConnectionRegistry _registry = new();
    private BenchmarkNode _node = null!;
    private Connection _connection = null!;
    private Connection _other = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        _node = await BenchmarkNode.StartAsync(Connections);
        for (var i = 0; i < Connections; i++)
            _registry.Add(_connection = (Connection)_node.Open("/echo"));
        _other = (Connection)_node.Open("/echo");
    }

    [Benchmark]
    public bool TryGet() => _registry.TryGet(_connection.Id, out _);

    [Benchmark]
    public void AddAndRemove()
    {
        _registry.Add(_other);
        _registry.Remove(_other);
    }

    [Benchmark]
    public int Snapshot() => _registry.Snapshot(0).Length;

    [GlobalCleanup]
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _node.DisposeAsync();
    }
}
