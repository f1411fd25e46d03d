using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace Gateway.Redis;

/// <summary>
/// Opens the publications' link as the connection string says: socket, TLS, user, name, and the node's own channels. It speaks RESP2,
/// which every server and managed service speaks: for a connection that only subscribes, RESP3 has nothing to add.
/// </summary>
internal sealed class SubscriberConnector(
    ConfigurationOptions configuration, RedisTls tls, RedisKeys keys, ILinkReceiver receiver, TimeProvider time)
{
    /// <summary>A link that is greeted and subscribed to the node's own channels.</summary>
    /// <exception cref="LinkException">There is none, with the reason.</exception>
    public async Task<SubscriberLink> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromMilliseconds(configuration.ConnectTimeout);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        SubscriberLink? link = null;
        try
        {
            link = new SubscriberLink(await OpenAsync(endPoint, linked.Token), endPoint, receiver, time);
            link.Start();
            await GreetAsync(link).WaitAsync(linked.Token);
            return link;
        }
        catch (Exception e)
        {
            // Whatever it was: a name that does not resolve, a port that is closed, a certificate, a password. The next attempt may do better.
            link?.Abort("the greeting failed");
            if (link is not null)
                await link.Completion;
            cancellationToken.ThrowIfCancellationRequested();
            var name = EndPointCollection.ToString(endPoint);
            throw e is OperationCanceledException
                ? new LinkException($"{name} did not answer within {timeout.TotalSeconds} s", e)
                : new LinkException($"{name}: {e.Message}", e);
        }
    }

    private async Task<Stream> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? encrypted = null;
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!configuration.Ssl)
                return stream;
            encrypted = new SslStream(stream);
            await encrypted.AuthenticateAsClientAsync(tls.Options(HostOf(endPoint)), cancellationToken);
            return encrypted;
        }
        catch
        {
            if (encrypted is not null)
                await encrypted.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    private async Task GreetAsync(SubscriberLink link)
    {
        // All at once: one round trip. A command map may have renamed or disabled some; Redis says so.
        var authenticate = Authenticate();
        if (authenticate is not null)
            link.Send(authenticate);
        var name = new GreetingCommand("CLIENT", "SETNAME", configuration.ClientName!);
        link.Send(name);
        var own = new[] { keys.Envelopes, keys.Probe, keys.Reply }
            .Select(key => new GreetingCommand("SUBSCRIBE", Encoding.UTF8.GetString(key))).ToArray();
        foreach (var subscribe in own)
            link.Send(subscribe);

        if (authenticate is not null)
            Demand(await authenticate.Answer, "refused the user or password");
        await name.Answer; // a courtesy to operators that an ACL may forbid
        foreach (var subscribe in own)
            Demand(await subscribe.Answer, "refused the gateway's own channels, its user needs +subscribe and &<prefix>*");
    }

    private GreetingCommand? Authenticate() =>
        (configuration.User, configuration.Password) switch
        {
            ({ Length: > 0 } user, var password) => new GreetingCommand("AUTH", user, password ?? ""),
            (_, { Length: > 0 } password) => new GreetingCommand("AUTH", password),
            _ => null,
        };

    private static void Demand(string? error, string meaning)
    {
        if (error is not null)
            throw new LinkException($"Redis {meaning}: {error}");
    }

    private static string HostOf(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => dns.Host,
        IPEndPoint ip => ip.Address.ToString(),
        _ => "",
    };
}
