using Gateway.Auth;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Integration.Access;

/// <summary>The nodes that the table's many rows share: one takes clients without a token too, the other does not.</summary>
public sealed class GuardedNodes : IAsyncLifetime
{
    private readonly string _keys = Path.GetTempFileName();
    private readonly GatewayMetrics _metrics = new();
    private GuardedNode _open = null!, _strict = null!;
    private JwtKeys _trusted = null!;

    internal LateValidator Validator { get; private set; } = null!;

    /// <summary>The one that a client of the table turns to.</summary>
    internal GuardedNode For(string credential) => credential == KeptOut.NoToken ? _strict : _open;

    public async ValueTask InitializeAsync()
    {
        var options = TrustedIssuers.Options(_keys);
        _trusted = new JwtKeys(options, null, _metrics, TimeProvider.System, NullLogger.Instance);
        Validator = new LateValidator(new JwtValidator(options, _trusted, TimeProvider.System));
        _open = await GuardedNode.StartAsync(allowAnonymous: true, Validator);
        _strict = await GuardedNode.StartAsync(allowAnonymous: false, Validator);
    }

    public async ValueTask DisposeAsync()
    {
        await _open.DisposeAsync();
        await _strict.DisposeAsync();
        _trusted.Dispose();
        _metrics.Dispose();
        File.Delete(_keys);
    }
}
