using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Admin;

/// <summary>
/// Kestrel's listener, with a place for each connection before Kestrel has it. Not its own limit, which refuses the newcomer, and not a
/// connection middleware, which runs when the pool has time: until then accepted sockets would pile up.
/// </summary>
/// <param name="inner">The listener's factory.</param>
/// <param name="connections">The places.</param>
internal sealed class AdminListenerFactory(IConnectionListenerFactory inner, AdminConnections connections) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new AdminListener(await inner.BindAsync(endpoint, cancellationToken), connections);

    private sealed class AdminListener(IConnectionListener inner, AdminConnections connections) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } accepted)
            {
                if (connections.Enter(accepted) is { } connection)
                    return connection;
                await accepted.DisposeAsync();
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
