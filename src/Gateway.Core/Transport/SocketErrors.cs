using System.Net.Sockets;

namespace Gateway.Core.Transport;

/// <summary>What an error while accepting means for the listener.</summary>
internal enum AcceptErrorTier
{
    /// <summary>A client went away before it was accepted: go on.</summary>
    Peer,

    /// <summary>The process or the machine is out of descriptors or memory: back off.</summary>
    Pressure,

    /// <summary>The listening socket is gone: stop.</summary>
    Fatal,
}

internal static class SocketErrors
{
    public static AcceptErrorTier AcceptTier(SocketError error) => error switch
    {
        SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket or SocketError.InvalidArgument
            or SocketError.OperationNotSupported or SocketError.Shutdown => AcceptErrorTier.Fatal,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ProcessLimit
            or SocketError.SystemNotReady or SocketError.SocketError => AcceptErrorTier.Pressure,
        _ => AcceptErrorTier.Peer,
    };

    public static string Label(AcceptErrorTier tier) => tier switch
    {
        AcceptErrorTier.Peer => "peer",
        AcceptErrorTier.Pressure => "pressure",
        _ => "fatal",
    };
}
