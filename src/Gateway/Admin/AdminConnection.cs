using System.IO.Pipelines;
using System.Net;
using Gateway.Core.Addresses;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Admin;

/// <summary>A connection to the admin side, with what <see cref="AdminConnections"/> must know of it: a feature of its requests.</summary>
internal sealed class AdminConnection : ConnectionContext
{
    // 255.255.255.255, which is nobody's.
    private static readonly AddressKey Unknown = new(IsV4: true, uint.MaxValue);

    private readonly ConnectionContext _inner;
    private readonly AdminConnections _all;

    public AdminConnection(ConnectionContext inner, AdminConnections all, long now)
    {
        (_inner, _all, ActiveAt) = (inner, all, now);
        Address = AddressKey.Of(inner.RemoteEndPoint) ?? Unknown;
        inner.Features.Set(this);
    }

    /// <summary>Whose it is.</summary>
    public AddressKey Address { get; }

    /// <summary>When it was opened, or a request that was let in began or ended on it last: a time of the clock. Guarded by <see cref="AdminConnections"/>.</summary>
    public long ActiveAt { get; set; }

    /// <summary>A request of the API is under way on it. Guarded likewise.</summary>
    public bool IsBusy { get; set; }

    public override string ConnectionId { get => _inner.ConnectionId; set => _inner.ConnectionId = value; }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items { get => _inner.Items; set => _inner.Items = value; }

    public override IDuplexPipe Transport { get => _inner.Transport; set => _inner.Transport = value; }

    public override CancellationToken ConnectionClosed { get => _inner.ConnectionClosed; set => _inner.ConnectionClosed = value; }

    public override EndPoint? LocalEndPoint { get => _inner.LocalEndPoint; set => _inner.LocalEndPoint = value; }

    public override EndPoint? RemoteEndPoint { get => _inner.RemoteEndPoint; set => _inner.RemoteEndPoint = value; }

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await base.DisposeAsync();
        _all.Leave(this); // its socket is closed
    }
}
