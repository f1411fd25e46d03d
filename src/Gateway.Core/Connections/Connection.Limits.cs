using System.Security.Cryptography;
using Gateway.Core.Access;
using Gateway.Core.Addresses;
using Gateway.Core.Buffers;
using Gateway.Core.Handshake;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Connections;

/// <summary>What one client may use of the node.</summary>
internal sealed partial class Connection
{
    private Budgets? _budgets; // null: nothing has been taken of any
    private AddressUse? _address; // null: limits by address are off, or the client's is not known yet
    private bool _isAdmittedByAddress;

    /// <summary>At the socket's begin. False: its address has so many that it is not worth an answer.</summary>
    public bool Enter()
    {
        // Behind a proxy that forwards by a header, the client is known with its request only.
        if (!_context.Addresses.IsUsed || (_context.Forwarding.IsUsed && _context.TrustedProxies.Contain(_transport.RemoteEndPoint)))
            return true;
        // Without memory to know it the address is not counted yet: its request is refused, if there is none then either.
        if (!_context.Addresses.TryEnter(_transport.RemoteEndPoint, out _address) || _address is null || !_context.Addresses.IsFlood(_address))
            return true;
        Report(Limit.AddressConnections);
        return false;
    }

    /// <summary>Counts a client that has reached a limit.</summary>
    public void Report(Limit limit) => _context.LimitReports.Reached(limit, Id.ToString(), () => IpText.Format(RemoteEndPoint));

    /// <summary>A request, before anybody is asked who it is. Null: it may go on.</summary>
    private Refusal? JudgeHandshake()
    {
        var (limits, now) = (_context.Options.Limits, _context.Clock.Now);
        if (_context.Addresses.IsUsed)
        {
            if (_address is null && !_context.Addresses.TryEnter(RemoteEndPoint, out _address))
                return ShortOfMemory();
            if (_address?.TryHandshake(now, limits.HandshakesPerSecondPerAddress) == false)
                return RefusalFor(Limit.AddressHandshakes, 429, "Too many connections are being opened from this address.");
            _isAdmittedByAddress = _address?.TryAdmit(limits.MaxConnectionsPerAddress) == true;
            if (_address is not null && !_isAdmittedByAddress)
                return RefusalFor(Limit.AddressConnections, 429, "This address has as many connections as it may have.");
        }

        if (_context.MemoryStage() >= MemoryStage.RefusingUpgrades)
            return ShortOfMemory();
        return _context.Handshakes.TryTake(now, limits.HandshakesPerSecond) ? null : RefusalFor(Limit.Handshakes, 503, "Too many connections are being opened.");
    }

    private void LeaveAddress()
    {
        if (_address is not null)
            AddressTable.Leave(_address, _isAdmittedByAddress);
    }

    /// <summary>
    /// Once a turn for what came from the wire, whatever it holds, so that no shape of frames is cheaper than another; and for what a compressed
    /// message has become: it costs as much as one that came so.
    /// </summary>
    private bool MayReceive(int bytes)
    {
        var perSecond = Identity.Limits.BytesPerSecond ?? _context.Options.Limits.BytesPerSecond;
        return perSecond == 0 || (_budgets ??= new Budgets()).Bytes.TryTake(_context.Clock.Now, perSecond, bytes) || End(Limit.Bytes);
    }

    private bool MayCommand()
    {
        var perSecond = Identity.Limits.CommandsPerSecond ?? _context.Options.Limits.CommandsPerSecond;
        return perSecond == 0 || (_budgets ??= new Budgets()).Commands.TryTake(_context.Clock.Now, perSecond) || End(Limit.Commands);
    }

    private bool MayControl()
    {
        var perSecond = _context.Options.Limits.ControlFramesPerSecond;
        return perSecond == 0 || (_budgets ??= new Budgets()).ControlFrames.TryTake(_context.Clock.Now, perSecond) || End(Limit.ControlFrames);
    }

    /// <summary>Counted in minutes: a budget's second is one of its clock's. The client is told, and need not go.</summary>
    private bool MayRefresh()
    {
        var perMinute = _context.Options.Limits.RefreshesPerMinute;
        if (perMinute == 0 || (_budgets ??= new Budgets()).Refreshes.TryTake(_context.Clock.Now / 60, perMinute))
            return true;
        Report(Limit.Refreshes);
        return false;
    }

    private bool End(Limit limit)
    {
        if (Close(CloseReason.RateLimit))
            Report(limit);
        return false;
    }

    private Refusal RefusalFor(Limit limit, int status, string reason)
    {
        Report(limit);
        // Spread: those who are refused together must not come back together.
        return new Refusal(status, reason) { RetryAfterSeconds = RandomNumberGenerator.GetInt32(1, 11) };
    }

    /// <summary>Of a client that has sent something that is limited: most never do.</summary>
    private sealed class Budgets
    {
        public RateBudget Commands;
        public RateBudget Bytes;
        public RateBudget ControlFrames;
        public RateBudget Refreshes;
    }
}
