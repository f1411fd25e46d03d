using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Gateway.Configuration;
using Gateway.Core.Options;

#pragma warning disable CS1591 // An option's [Description] is its documentation: --help prints it and docs/operations.md repeats it.

namespace Gateway.Redis;

/// <summary>How nodes reach each other and backends reach them, bound from the configuration section <c>Gateway:Redis</c>.</summary>
public sealed class RedisOptions
{
    [Description("StackExchange.Redis connection string, such as redis:6379,user=gateway,password=…,ssl=true, or a URL: redis://user:password@host:6379,host:6379/0, with rediss:// for TLS; user and password are percent-encoded in it, and ?option=value takes the other form's options. Empty: the in-process broker, for a node that runs alone.")]
    [RedisConfiguration]
    [Secret]
    public string Configuration { get; set; } = "";

    [Description("In front of every channel in Redis: <prefix>ch:<channel>, <prefix>cmd, <prefix>probe:<node>, <prefix>reply:<node>. An ACL user needs the channels &<prefix>*, the keys ~<prefix>node* and ~<prefix>revocation* and the commands publish, subscribe, unsubscribe, ping, echo, set, get, time, zadd, zrange and zremrangebyscore; pubsub and info if possible.")]
    [RegularExpression("^[!-~]{1,64}$", ErrorMessage = "must be 1 to 64 printable ASCII characters without spaces")]
    public string Prefix { get; set; } = "gateway:";

    [Description("File with the password, such as a mounted Secret; read again for each new connection, so that it is changed without a restart. Empty: it is in the configuration, or there is none.")]
    [ExistingFile]
    public string PasswordPath { get; set; } = "";

    [Description("PEM file of the authorities that may have issued Redis's certificate, with ssl=true. Empty: the machine's.")]
    [ExistingFile]
    public string CaPath { get; set; } = "";

    [Description("PEM file of this node's own certificate, for a Redis that asks for one.")]
    [ExistingFile]
    public string CertificatePath { get; set; } = "";

    [Description("PEM file of that certificate's key. Empty: it is in the certificate's file.")]
    [ExistingFile]
    public string KeyPath { get; set; } = "";

    [Description("The node turns not ready when it has been without Redis for so long; 0: never. Longer than a fail-over, so that one does not take every node out of the service at once.")]
    [Duration("00:00:00", "1.00:00:00")]
    public TimeSpan UnreadyAfter { get; set; } = TimeSpan.FromSeconds(30);

    [Description("How long a publication may wait for Redis's answer; then 503 with outcome 'unknown'. Backends retry sooner than people notice.")]
    [Duration("00:00:00.100", "00:01:00")]
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How long a subscription may wait for Redis's confirmation, a lost link's return included. Clients give up after about as long.")]
    [Duration("00:00:00.100", "00:05:00")]
    public TimeSpan SubscribeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Publications waiting for Redis's answer at once; above it they fail at once. Ten times what a Redis a millisecond away needs for a million a second.")]
    [Range(1, 1_000_000)]
    public int MaxPublishesInFlight { get; set; } = 10_000;

    [Description("Between two of the node's messages to itself through Redis. One message of 50 bytes a node and tick.")]
    [Duration("00:00:00.050", "00:05:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How long such a message may take before the link counts as lost. Longer than a Redis that forks or runs a slow script stands still.")]
    [Duration("00:00:00.050", "00:05:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("Channels subscribed again in one write after a lost link; the next write waits for their confirmations. About 60 KB, so that other clients of Redis are served in between.")]
    [Range(1, 100_000)]
    public int ResubscribeBatch { get; set; } = 1000;
}
