using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// The engine's log lines. None stands on the path of a message; what a single peer can cause is at debug level, since a log that a
/// peer can fill is a fault of its own.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "An accepted connection was lost before it was set up ({Error}).")]
    public static partial void AcceptedSocketLost(ILogger log, SocketError error);

    [LoggerMessage(2, LogLevel.Warning, "{EndPoint} cannot accept connections ({Error}): the process or the machine is out of descriptors or memory. New clients wait in the backlog; trying again in {Milliseconds} ms. Raise the descriptor limit, or lower Gateway:Limits:MaxConnections below it.")]
    public static partial void AcceptPressure(ILogger log, EndPoint endPoint, SocketError error, double milliseconds);

    [LoggerMessage(3, LogLevel.Critical, "{EndPoint} has stopped accepting connections ({Error}). The clients it has stay; restart the node.")]
    public static partial void AcceptStopped(ILogger log, EndPoint endPoint, SocketError error);

    [LoggerMessage(5, LogLevel.Warning, "The descriptor limit is {Limit}, but Gateway:Limits:MaxConnections is {MaxConnections} and the node itself needs some 512. Clients above the limit will wait unaccepted in the backlog. Raise the limit (LimitNOFILE, ulimit -n), or set MaxConnections to {Suggested} or less.")]
    public static partial void DescriptorLimitLow(ILogger log, long limit, int maxConnections, long suggested);

    [LoggerMessage(6, LogLevel.Debug, "Connection {Connection} from {Remote} was refused: {Status} {Reason}")]
    public static partial void HandshakeRefused(ILogger log, string connection, string? remote, int status, string reason);

    [LoggerMessage(7, LogLevel.Debug, "Connection {Connection} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger log, string connection, string reason);

    [LoggerMessage(8, LogLevel.Error, "Admission of connection {Connection} failed; the client got 503.")]
    public static partial void AdmissionFailed(ILogger log, string connection, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "The broker did not confirm the subscription of a channel; its subscribers were told. {Reason}")]
    public static partial void SubscribeFailed(ILogger log, string reason);

    [LoggerMessage(10, LogLevel.Warning, "The broker was unreachable for {Milliseconds} ms and is back. Publications of that time may have been missed; the subscribers of {Channels} channels were told.")]
    public static partial void Gap(ILogger log, double milliseconds, int channels);

    [LoggerMessage(11, LogLevel.Information, "Stopping: {Connections} connections are being closed.")]
    public static partial void Stopping(ILogger log, int connections);

    [LoggerMessage(12, LogLevel.Warning, "{Connections} connections had not ended within Gateway:Drain:Timeout and were cut.")]
    public static partial void StopCut(ILogger log, int connections);

    [LoggerMessage(17, LogLevel.Information, "Draining: {Connections} connections; the node is not ready and serves for {Seconds} s more, until load balancers know.")]
    public static partial void DrainBegins(ILogger log, int connections, double seconds);

    [LoggerMessage(18, LogLevel.Information, "Draining: {Sent} clients sent away, {Remaining} connections are left, {Rate:0} a second.")]
    public static partial void DrainProgress(ILogger log, long sent, int remaining, double rate);

    [LoggerMessage(19, LogLevel.Information, "Drained: {Sent} clients were sent away.")]
    public static partial void Drained(ILogger log, long sent);

    [LoggerMessage(20, LogLevel.Information, "The drain was called off after {Sent} clients; {Remaining} connections stay.")]
    public static partial void DrainCancelled(ILogger log, long sent, int remaining);

    [LoggerMessage(21, LogLevel.Warning, "Gateway:Drain:Timeout is about to end: the last {Remaining} clients are sent away at once, their return spread. Raise it, or Gateway:Cluster:AcceptRate of the other nodes, if that is too many.")]
    public static partial void DrainOverdue(ILogger log, int remaining);

    [LoggerMessage(22, LogLevel.Information, "A node has joined: {Connections} connections above the mean are moved within {Seconds} s.")]
    public static partial void Rebalancing(ILogger log, int connections, double seconds);

    [LoggerMessage(23, LogLevel.Warning, "What the other nodes can take is not known: {Reason}. A drain goes at Gateway:Drain:Rate, and nothing is rebalanced, until it is known again. If Redis refuses: the user needs the keys <prefix>node* and the commands set, get, zadd, zrange and zremrangebyscore.")]
    public static partial void MembershipUnknown(ILogger log, string reason);

    [LoggerMessage(24, LogLevel.Warning, "The other nodes could not be asked ({Question}): {Reason}.")]
    public static partial void AskFailed(ILogger log, string question, string reason);

    [LoggerMessage(25, LogLevel.Warning, "Another node's question ({Question}) was not answered: {Reason}.")]
    public static partial void AnswerFailed(ILogger log, string question, string reason);

    [LoggerMessage(26, LogLevel.Warning, "Another node's question ({Question}) was not answered: the answer would have {Bytes} bytes.")]
    public static partial void AnswerTooLarge(ILogger log, string question, int bytes);

    [LoggerMessage(27, LogLevel.Warning, "Another node's answer could not be read: {Reason}.")]
    public static partial void AnswerUnreadable(ILogger log, string reason);

    [LoggerMessage(13, LogLevel.Error, "A fault of the gateway itself on connection {Connection}; it is closed with 1011, the others are not affected. Please report this.")]
    public static partial void ConnectionFault(ILogger log, string connection, Exception exception);

    [LoggerMessage(14, LogLevel.Error, "A fault of the gateway itself in shard {Shard}. Please report this.")]
    public static partial void ShardFault(ILogger log, int shard, Exception exception);

    [LoggerMessage(15, LogLevel.Error, "The broker failed to leave a channel, which it should never do. {Reason}")]
    public static partial void UnsubscribeFailed(ILogger log, string reason);

    [LoggerMessage(16, LogLevel.Error, "The broker failed to publish in a way it should not; the client was told. Please report this.")]
    public static partial void PublishFailed(ILogger log, Exception exception);

    [LoggerMessage(30, LogLevel.Debug, "The TLS handshake with {Remote} did not succeed ({Result}). {Reason}")]
    public static partial void TlsHandshakeFailed(ILogger log, EndPoint? remote, string result, string reason);

    [LoggerMessage(31, LogLevel.Information, "The certificates of {Option} have changed; new connections get the new ones. The first to expire does so at {Expiry:u}.")]
    public static partial void CertificatesReloaded(ILogger log, string option, DateTimeOffset expiry);

    [LoggerMessage(32, LogLevel.Error, "The certificate files of {Option} have changed, but cannot be used. {Faults} Until then the certificates read before are served; the first of them expires at {Expiry:u}.")]
    public static partial void CertificatesNotReloaded(ILogger log, string option, string faults, DateTimeOffset expiry);

    [LoggerMessage(40, LogLevel.Warning, "A connection from {Peer} to {EndPoint}, which takes the PROXY protocol, was refused: {Reason}. Others are counted in gateway_proxy_protocol_refusals_total; this line comes at most every 10 s.")]
    public static partial void ProxyProtocolRefused(ILogger log, EndPoint peer, EndPoint? endPoint, string reason);
}
