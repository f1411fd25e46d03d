using Microsoft.AspNetCore.SignalR;

namespace Gateway.Load.SignalR;

/// <summary>Clients listen only.</summary>
internal sealed class SilentHub : Hub;
