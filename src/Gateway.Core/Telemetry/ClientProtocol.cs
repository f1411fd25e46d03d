namespace Gateway.Core.Telemetry;

/// <summary>The client protocols as metrics tell them apart.</summary>
internal enum ClientProtocol
{
    /// <summary>One that has no label of its own.</summary>
    Other,

    /// <summary><c>gateway.v1</c>.</summary>
    Json,

    /// <summary>Payloads as they were published.</summary>
    Plain,

    /// <summary>Messages returned unchanged.</summary>
    Echo,
}

internal static class ClientProtocols
{
    /// <summary>Labels, in the order of <see cref="ClientProtocol"/>.</summary>
    public static readonly string[] Labels = ["other", "json", "plain", "echo"];
}
