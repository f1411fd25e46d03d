using System.Text;
using Gateway.Core.Framing;
using Gateway.Load.Client;
using Gateway.Load.Publishing;
using Gateway.Load.Server;

namespace Gateway.Load.Scenarios;

/// <summary>Subscribers of a few channels, connected and subscribed, and the publisher that feeds them.</summary>
internal sealed class Audience : IDisposable
{
    private readonly Publisher _publisher;
    private readonly byte[][] _requests;
    private readonly string[] _names;

    public Audience(Loop loop, Target target, int subscribers, int channels, int size, string protocol)
    {
        _names = [.. Enumerable.Range(0, channels).Select(channel => $"load-{channel}")];
        var isPlain = protocol == ProtocolOption.Plain;
        _requests = [.. _names.Select(name => UpgradeExchange.Request(target.PathOr(isPlain ? "/plain/" + name : "/")))];
        Subscribers = new Subscribers(subscribers, channels, protocol == ProtocolOption.Json ? Subscribe : null);
        IClientHandler handler = protocol == ProtocolOption.SignalR ? new SignalRClients(subscribers, Subscribers, () => Pool!) : Subscribers;
        Pool = new ClientPool(loop, target.EndPoint, subscribers, RequestOf, handler);
        _publisher = target.Publisher(loop, _names);
        Publications = new Publications(_publisher, Subscribers, channels, size);
        Pool.OpenUpTo(subscribers);
        Publications.WarmUp(loop);
        Subscribers.Begin();
    }

    public ClientPool Pool { get; }

    public Subscribers Subscribers { get; }

    public Publications Publications { get; }

    /// <summary>Why the publisher was refused; null: it never was.</summary>
    public string? Refusal => _publisher.Refusal;

    /// <summary>The upgrade request of a subscriber in plain mode.</summary>
    public byte[] RequestOf(int client) => _requests[client % _requests.Length];

    public void Dispose()
    {
        Pool.Dispose();
        _publisher.Dispose();
    }

    private void Subscribe(int client) => Pool.SendFrame(
        client, Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{_names[client % _names.Length]}}"}"""));
}
