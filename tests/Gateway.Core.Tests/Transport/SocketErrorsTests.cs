using System.Net.Sockets;
using Gateway.Core.Transport;

namespace Gateway.Core.Tests.Transport;

public sealed class SocketErrorsTests
{
    [Theory]
    [InlineData(SocketError.ConnectionAborted, "peer")] // ECONNABORTED: gone before it was accepted
    [InlineData(SocketError.ConnectionReset, "peer")]
    [InlineData(SocketError.TimedOut, "peer")]
    [InlineData(SocketError.HostUnreachable, "peer")]
    [InlineData(SocketError.NetworkDown, "peer")]
    [InlineData(SocketError.AccessDenied, "peer")] // EPERM: a firewall's rule
    [InlineData(SocketError.TooManyOpenSockets, "pressure")] // EMFILE, ENFILE
    [InlineData(SocketError.NoBufferSpaceAvailable, "pressure")] // ENOBUFS, ENOMEM
    [InlineData(SocketError.OperationAborted, "fatal")]
    [InlineData(SocketError.NotSocket, "fatal")]
    [InlineData(SocketError.InvalidArgument, "fatal")] // EINVAL: it does not listen any more
    public void AcceptTier_OfEachError_IsKnown(SocketError error, string label) =>
        Assert.Equal(label, SocketErrors.Label(SocketErrors.AcceptTier(error)));

    [Fact]
    public void AcceptTier_OfAnErrorNobodyThoughtOf_DoesNotEndTheListener() =>
        Assert.Equal(AcceptErrorTier.Peer, SocketErrors.AcceptTier((SocketError)123_456));
}
