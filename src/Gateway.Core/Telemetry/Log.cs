using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Telemetry;

/// <summary>
/// The engine's log lines. None stands on the path of a message. What a single peer can cause is at debug level or comes at most every
/// <see cref="Interval"/>, since a log that a peer can fill is a fault of its own. Ids are stable, a hundred to each area: docs/logs.md
/// lists them.
/// </summary>
internal static partial class Log
{
    /// <summary>Between two lines of what could be repeated without end.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [LoggerMessage(1000, LogLevel.Debug, "An accepted connection was lost before it was set up ({Error}); the client was gone already.")]
    public static partial void AcceptedSocketLost(ILogger log, SocketError error);

    [LoggerMessage(1001, LogLevel.Warning, "{EndPoint} cannot accept connections ({Error}): the process or the machine is out of descriptors or memory. New clients wait in the backlog; trying again in {Milliseconds} ms. This line comes at most every 10 s. Raise the descriptor limit, or lower Gateway:Limits:MaxConnections below it.")]
    public static partial void AcceptPressure(ILogger log, EndPoint endPoint, SocketError error, double milliseconds);

    [LoggerMessage(1002, LogLevel.Critical, "{EndPoint} has stopped accepting connections ({Error}). The clients it has stay; restart the node.")]
    public static partial void AcceptStopped(ILogger log, EndPoint endPoint, SocketError error);

    [LoggerMessage(1003, LogLevel.Warning, "The node takes {Taken} clients, not the {MaxConnections} of Gateway:Limits:MaxConnections: of the descriptor limit, {Limit}, it needs {Reserve} itself. Further clients are refused. Raise the limit (LimitNOFILE, ulimit -n) to {Needed}, or set MaxConnections to what there is room for.")]
    public static partial void DescriptorLimitLow(ILogger log, int taken, int maxConnections, string limit, int reserve, long needed);

    [LoggerMessage(1010, LogLevel.Warning, "A connection from {Peer} to {EndPoint}, which takes the PROXY protocol, was refused: {Reason}. Others are counted in gateway_proxy_protocol_refusals_total; this line comes at most every 10 s.")]
    public static partial void ProxyProtocolRefused(ILogger log, EndPoint peer, EndPoint? endPoint, string reason);

    [LoggerMessage(1100, LogLevel.Debug, "The TLS handshake with {Remote} did not succeed ({Result}). {Reason}")]
    public static partial void TlsHandshakeFailed(ILogger log, EndPoint? remote, string result, string reason);

    [LoggerMessage(1101, LogLevel.Information, "The certificate files of {Option} have been read anew; new connections get what they hold. The first of the certificates to expire does so at {Expiry:u}.")]
    public static partial void CertificatesReloaded(ILogger log, string option, DateTimeOffset expiry);

    [LoggerMessage(1102, LogLevel.Error, "The certificate files of {Option} have changed or cannot be read, and cannot be used. {Faults} The certificates read before are served until they can, the first of which expires at {Expiry:u}; a node that starts with these files does not start, or serves a certificate that clients refuse.")]
    public static partial void CertificatesNotReloaded(ILogger log, string option, string faults, DateTimeOffset expiry);

    [LoggerMessage(1103, LogLevel.Error, "A fault of the gateway itself on a connection with TLS; it is cut, the others are not affected. Further ones are not logged for 10 s. Please report this.")]
    public static partial void TlsFault(ILogger log, Exception exception);

    [LoggerMessage(1104, LogLevel.Error, "{Fault} It is served to the clients that ask for its host names, and they refuse it; the endpoint's other certificates are not affected.")]
    public static partial void CertificateInvalid(ILogger log, string fault);

    [LoggerMessage(1200, LogLevel.Debug, "Connection {Connection} from {Remote} was refused: {Status} {Reason}")]
    public static partial void HandshakeRefused(ILogger log, string connection, string? remote, int status, string reason);

    [LoggerMessage(1201, LogLevel.Debug, "Connection {Connection} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger log, string connection, string reason);

    [LoggerMessage(1202, LogLevel.Error, "Admission of connection {Connection} failed; the client got 503 and may come again. Further ones are not logged for 10 s. Please report this.")]
    public static partial void AdmissionFailed(ILogger log, string connection, Exception exception);

    [LoggerMessage(1203, LogLevel.Error, "A fault of the gateway itself on connection {Connection}; it is closed with 1011, the others are not affected. Further ones are not logged for 10 s. Please report this.")]
    public static partial void ConnectionFault(ILogger log, string connection, Exception exception);

    [LoggerMessage(1204, LogLevel.Warning, "Connection {Connection} from {Remote} has reached {Option}, and was refused or closed for it. Others are counted in gateway_limits_reached_total; for each limit this line comes at most every 10 s.")]
    public static partial void LimitReached(ILogger log, string connection, string? remote, string option);

    [LoggerMessage(1205, LogLevel.Error, "A fault of the gateway itself while a new token of connection {Connection} was judged; it goes on with the old one. Further ones are not logged for 10 s. Please report this.")]
    public static partial void TokenFault(ILogger log, string connection, Exception exception);

    [LoggerMessage(1206, LogLevel.Error, "A fault of the gateway itself on a client's socket; it is cut, the others are not affected. Further ones are not logged for 10 s. Please report this, unless the node is out of memory.")]
    public static partial void TransportFault(ILogger log, Exception exception);

    [LoggerMessage(1207, LogLevel.Error, "A fault of the gateway itself on its clock; the next tick goes on. Further ones are not logged for 10 s. Please report this, unless the node is out of memory.")]
    public static partial void ClockFault(ILogger log, Exception exception);

    [LoggerMessage(1300, LogLevel.Warning, "The broker did not confirm the subscription of a channel; its subscribers were told, and may ask again. {Reason}. Others are counted in gateway_broker_errors_total; this line comes at most every 10 s.")]
    public static partial void SubscribeFailed(ILogger log, string reason);

    [LoggerMessage(1301, LogLevel.Warning, "The node was without the broker for {Milliseconds:F0} ms. What was published meanwhile in its {Channels} channels may have been missed; clients of gateway.v1 are told so now, others are not.")]
    public static partial void Gap(ILogger log, double milliseconds, int channels);

    [LoggerMessage(1302, LogLevel.Error, "A fault of the gateway itself in shard {Shard}; some of its subscribers may have missed a publication. Further ones are not logged for 10 s. Please report this.")]
    public static partial void ShardFault(ILogger log, int shard, Exception exception);

    [LoggerMessage(1303, LogLevel.Error, "The broker failed to leave a channel, which it should never do; publications of the channel may come on, and are thrown away. {Reason}. Further ones are not logged for 10 s. Please report this.")]
    public static partial void UnsubscribeFailed(ILogger log, string reason);

    [LoggerMessage(1304, LogLevel.Error, "The broker failed to publish in a way it should not; the client was told. Further ones are not logged for 10 s. Please report this.")]
    public static partial void PublishFailed(ILogger log, Exception exception);

    [LoggerMessage(1305, LogLevel.Error, "A fault of the gateway itself with a channel; whoever waited for it was told to come again. Further ones are not logged for 10 s. Please report this.")]
    public static partial void ChannelFault(ILogger log, Exception exception);

    [LoggerMessage(1306, LogLevel.Warning, "An envelope of {Bytes} bytes, published in gateway:cmd (or under another Gateway:Redis:Prefix), was not taken ({Result}): {Reason} Others are counted in gateway_envelopes_total; this line comes at most every 10 s.")]
    public static partial void EnvelopeRefused(ILogger log, int bytes, string result, string reason);

    [LoggerMessage(1307, LogLevel.Warning, "A publication in {Channel} begins with 00 67 77 as a header does, and the header was not read ({Result}). With newer_version the payload was delivered without what the header says: publishers are newer than this node. With malformed it was delivered as it came: bytes that happen to begin so are published by the API, which puts an empty header in front. Others are counted in gateway_publications_headers_unread_total; this line comes at most every 10 s.")]
    public static partial void HeaderNotRead(ILogger log, string channel, string result);

    [LoggerMessage(1400, LogLevel.Information, "Stopping: {Connections} connections are being closed.")]
    public static partial void Stopping(ILogger log, int connections);

    [LoggerMessage(1401, LogLevel.Warning, "{Connections} connections had not ended within Gateway:Drain:Timeout and were cut: their clients see no close frame, and come back as after a fault. Raise it if that is too many.")]
    public static partial void StopCut(ILogger log, int connections);

    [LoggerMessage(1402, LogLevel.Information, "Draining: {Connections} connections; the node is not ready and serves for {Seconds} s more, until load balancers know.")]
    public static partial void DrainBegins(ILogger log, int connections, double seconds);

    [LoggerMessage(1403, LogLevel.Information, "Draining: {Sent} clients sent away, {Remaining} connections are left, {Rate:0} a second.")]
    public static partial void DrainProgress(ILogger log, long sent, int remaining, double rate);

    [LoggerMessage(1404, LogLevel.Information, "Drained: {Sent} clients were sent away.")]
    public static partial void Drained(ILogger log, long sent);

    [LoggerMessage(1405, LogLevel.Information, "The drain was called off after {Sent} clients; {Remaining} connections stay.")]
    public static partial void DrainCancelled(ILogger log, long sent, int remaining);

    [LoggerMessage(1406, LogLevel.Warning, "Gateway:Drain:Timeout is about to end: the last {Remaining} clients are sent away at once, their return spread. Raise it, or Gateway:Cluster:AcceptRate of the other nodes, if that is too many.")]
    public static partial void DrainOverdue(ILogger log, int remaining);

    [LoggerMessage(1407, LogLevel.Error, "A fault of the gateway itself in a drain; it goes on with the next turn, and clients may be sent away late. Further ones are not logged for 10 s. Please report this.")]
    public static partial void DrainFault(ILogger log, Exception exception);

    [LoggerMessage(1410, LogLevel.Information, "A node has joined: {Connections} connections above the mean are moved within {Seconds} s.")]
    public static partial void Rebalancing(ILogger log, int connections, double seconds);

    [LoggerMessage(1411, LogLevel.Error, "A fault of the gateway itself in rebalancing; announcements go on, and clients may stay where they are. Further ones are not logged for 10 s. Please report this.")]
    public static partial void RebalanceFault(ILogger log, Exception exception);

    [LoggerMessage(1420, LogLevel.Warning, "What the other nodes can take is not known: {Reason}. A drain goes at Gateway:Drain:Rate, and nothing is rebalanced, until it is known again. If Redis refuses: the user needs the keys <prefix>node* and the commands set, get, time, zadd, zrange and zremrangebyscore.")]
    public static partial void MembershipUnknown(ILogger log, string reason);

    [LoggerMessage(1421, LogLevel.Debug, "The node's leave was not announced: {Reason}. The others forget it after Gateway:Cluster:ForgetAfter, and name it as lost for ten minutes.")]
    public static partial void LeaveNotAnnounced(ILogger log, string reason);

    [LoggerMessage(1422, LogLevel.Warning, "{Nodes} nodes are announced, and {Most} are reckoned with. If there are not so many, somebody else writes at the broker under Gateway:Redis:Prefix; this line comes at most every 10 s.")]
    public static partial void TooManyNodes(ILogger log, int nodes, int most);

    [LoggerMessage(1423, LogLevel.Error, "Another node goes by this node's name, {Name}: the two overwrite each other's announcement and get each other's answers, and no drain or rebalancing can be right. Give each a Gateway:Node:Name of its own, or leave it empty; this line comes at most every 10 s.")]
    public static partial void NameShared(ILogger log, string name);

    [LoggerMessage(1430, LogLevel.Warning, "The other nodes could not be asked ({Question}): {Reason}.")]
    public static partial void AskFailed(ILogger log, string question, string reason);

    [LoggerMessage(1431, LogLevel.Warning, "Another node's question ({Question}) was not answered: {Reason}. Further ones are not logged for 10 s.")]
    public static partial void AnswerFailed(ILogger log, string question, string reason);

    [LoggerMessage(1432, LogLevel.Warning, "Another node's question ({Question}) was not answered: the answer would have {Bytes} bytes. Further ones are not logged for 10 s.")]
    public static partial void AnswerTooLarge(ILogger log, string question, int bytes);

    [LoggerMessage(1433, LogLevel.Warning, "Another node's answer could not be read: {Reason}. Further ones are not logged for 10 s.")]
    public static partial void AnswerUnreadable(ILogger log, string reason);

    [LoggerMessage(1440, LogLevel.Warning, "Short of memory: {Stage} from now on. {Waiting} of {WaitingMost} bytes wait for clients; with the {Held} that connections own, clients keep {Total} of {TotalMost}; {Used} of {Budget} are in use. Where much waits, look for slow consumers (GET /api/v1/lagging); where much is owned, allow fewer subscriptions or connections (Gateway:Limits); or raise the memory limit.")]
    public static partial void MemoryShort(ILogger log, string stage, long waiting, long waitingMost, long held, long total, long totalMost, long used, long budget);

    [LoggerMessage(1441, LogLevel.Information, "Memory eases: {Stage} from now on. {Waiting} of {WaitingMost} bytes wait for clients; with the {Held} that connections own, clients keep {Total} of {TotalMost}; {Used} of {Budget} are in use.")]
    public static partial void MemoryEased(ILogger log, string stage, long waiting, long waitingMost, long held, long total, long totalMost, long used, long budget);

    [LoggerMessage(1442, LogLevel.Error, "A fault of the gateway itself while it looked at its memory, or gave memory back; it goes on in a moment. Further ones are not logged for 10 s. Please report this, unless the node is out of memory.")]
    public static partial void MemoryFault(ILogger log, Exception exception);

    [LoggerMessage(1443, LogLevel.Information, "A spike has passed, and what it left in memory was given back: {Before} bytes were in use, {After} are.")]
    public static partial void MemoryReturned(ILogger log, long before, long after);

    [LoggerMessage(1444, LogLevel.Warning, "The process stood still for {Seconds:F1} s, {Collecting:F1} s of which for the collector of garbage: nothing was read, delivered or answered, and what came meanwhile is late. Without the collector: the process was stopped, or its container or machine was out of CPU or paused. This line comes at most every 10 s.")]
    public static partial void Stalled(ILogger log, double seconds, double collecting);

    [LoggerMessage(1450, LogLevel.Warning, "Which tokens have been revoked cannot be read: {Reason}. Until it can, this node knows of those alone that it has been told of since it started. If Redis refuses: the user needs the keys <prefix>revocation* and the commands set, get, time, zadd, zrange and zremrangebyscore.")]
    public static partial void RevocationsUnknown(ILogger log, string reason);

    [LoggerMessage(1451, LogLevel.Error, "A token's revocation was not taken: {Most} are kept already. Its token is good on this node until it expires; to take back more than that, change the key that signs them. Further ones are not logged for 10 s.")]
    public static partial void RevocationsFull(ILogger log, int most);

    [LoggerMessage(1500, LogLevel.Warning, "More publications were to be traced than Gateway:Telemetry:Tracing:MaxPerSecond ({MaxPerSecond}) allows; the others are delivered untraced and counted in gateway_traces_limited_total. Let fewer carry the sampled flag, lower the ratios, or raise the limit; this line comes at most every 10 s.")]
    public static partial void TracesLimited(ILogger log, int maxPerSecond);

    [LoggerMessage(1600, LogLevel.Error, "Whether a client may was not found out, by a fault of the gateway itself; it was refused. Further ones are not logged for 10 s. Please report this.")]
    public static partial void AccessFault(ILogger log, Exception exception);

    [LoggerMessage(1601, LogLevel.Information, "The rules have changed: {Count} are in force, {Hash}. Of the subscriptions, {Ended} that they do not allow were ended.")]
    public static partial void RulesChanged(ILogger log, int count, string hash, int ended);

    [LoggerMessage(1602, LogLevel.Error, "A fault of the gateway itself while subscriptions were judged by changed rules; some that they do not allow may go on. Further ones are not logged for 10 s. Please report this.")]
    public static partial void RuleChangeFault(ILogger log, Exception exception);

    [LoggerMessage(1603, LogLevel.Warning, "The rules have changed: {Count} are in force, {Hash}. They do not allow {Ended} of the {Looked} subscriptions that there were, and these were ended, one of {Channel} for instance: {Why} If that was not meant, put the rules before back.")]
    public static partial void RulesEndMany(ILogger log, int count, string hash, int ended, int looked, string channel, string why);
}
