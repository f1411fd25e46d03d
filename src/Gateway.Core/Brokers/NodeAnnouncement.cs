using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Json;

namespace Gateway.Core.Brokers;

/// <summary>
/// What a node says of itself to the others, each interval anew. Unknown fields are ignored and a newer version is not read: nodes of
/// neighbouring versions live side by side in a deploy. What others say is clamped to what a node can be: this one's drain and rebalancing
/// reckon with it.
/// </summary>
public sealed record NodeAnnouncement
{
    /// <summary>The version this node writes and the newest it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>As JSON; a longer one is not read. Ten times what one takes with the longest name.</summary>
    public const int MaxBytes = 4 * 1024;

    /// <summary>As many connections as the option lets a node take.</summary>
    private const int MostConnections = 10_000_000;

    /// <summary>Above what the memory of any machine holds.</summary>
    private const long MostSubscriptions = 1L << 40;

    /// <summary>Clients a second: as <c>Gateway:Cluster:AcceptRate</c> allows.</summary>
    private const double HighestRate = 1_000_000;

    private const int LongestState = 32;
    private const int LongestInstance = 32;

    /// <summary>Announcement version.</summary>
    [JsonPropertyName("v")]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The node's name.</summary>
    [JsonPropertyName("node")]
    public string Node { get; init; } = "";

    /// <summary>Tells two nodes of one name apart: drawn anew at each start.</summary>
    [JsonPropertyName("instance")]
    public string Instance { get; init; } = "";

    /// <summary><c>ready</c>, <c>unready</c>, <c>draining</c> or <c>left</c>; a newer node may say another, which is none of these.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>Connections that stand.</summary>
    [JsonPropertyName("connections")]
    public int Connections { get; init; }

    /// <summary>Connections that it takes.</summary>
    [JsonPropertyName("max_connections")]
    public int MaxConnections { get; init; }

    /// <summary>Subscriptions of its connections.</summary>
    [JsonPropertyName("subscriptions")]
    public long Subscriptions { get; init; }

    /// <summary>Clients a second that it is ready to take.</summary>
    [JsonPropertyName("accept_rate")]
    public double AcceptRate { get; init; }

    /// <summary>Clients a second that it took since its last announcement.</summary>
    [JsonPropertyName("accepted")]
    public double Accepted { get; init; }

    /// <summary>Clients a second that it sends away, in order that others take them.</summary>
    [JsonPropertyName("sending_away")]
    public double SendingAway { get; init; }

    /// <summary>The newest header of a publication that it reads; absent: the first.</summary>
    [JsonPropertyName("header")]
    public int Header { get; init; } = 1;

    /// <summary>The newest envelope that it reads; absent: the first.</summary>
    [JsonPropertyName("envelope")]
    public int Envelope { get; init; } = 1;

    /// <summary>Whether it takes clients.</summary>
    [JsonIgnore]
    public bool TakesClients => State == NodeStates.Ready && Connections < MaxConnections;

    /// <summary>As it is announced.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AnnouncementJson.Default.NodeAnnouncement);

    /// <summary>Null: it is none, or of a version that this node does not know.</summary>
    public static NodeAnnouncement? TryParse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
            return null;
        try
        {
            return JsonReading.Read(json, AnnouncementJson.Default.NodeAnnouncement) is { Version: >= 1 and <= CurrentVersion, State: not null } read && NodeName.IsValid(read.Node)
                ? read.Clamped()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private NodeAnnouncement Clamped() => this with
    {
        Instance = Instance is { Length: <= LongestInstance } ? Instance : "",
        State = State.Length <= LongestState ? State : "",
        Connections = Math.Clamp(Connections, 0, MostConnections),
        MaxConnections = Math.Clamp(MaxConnections, 0, MostConnections),
        Subscriptions = Math.Clamp(Subscriptions, 0, MostSubscriptions),
        AcceptRate = Rate(AcceptRate),
        Accepted = Rate(Accepted),
        SendingAway = Rate(SendingAway),
        Header = Math.Clamp(Header, 1, byte.MaxValue),
        Envelope = Math.Clamp(Envelope, 1, byte.MaxValue),
    };

    // JSON has no NaN, but numbers that a double reads as infinite.
    private static double Rate(double told) => double.IsNaN(told) ? 0 : Math.Clamp(told, 0, HighestRate);
}

/// <summary>What an announcement's state may be.</summary>
public static class NodeStates
{
    /// <summary>Takes clients.</summary>
    public const string Ready = "ready";

    /// <summary>Takes none, for now.</summary>
    public const string Unready = "unready";

    /// <summary>Sends its clients away.</summary>
    public const string Draining = "draining";

    /// <summary>Its last word: it has stopped in good order, and is no node any more.</summary>
    public const string Left = "left";
}

[JsonSerializable(typeof(NodeAnnouncement))]
internal sealed partial class AnnouncementJson : JsonSerializerContext;
