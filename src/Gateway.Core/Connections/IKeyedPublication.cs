using Gateway.Core.Options;

namespace Gateway.Core.Connections;

/// <summary>A publication as outbound queues ask about it. Implemented by the channels' layer.</summary>
internal interface IKeyedPublication
{
    /// <summary>The key of what it says: a newer one of the same key makes it stale. Null: it has none.</summary>
    /// <param name="pointer">Where it is in the payload, unless the publisher gave one.</param>
    string? KeyBy(JsonPointer? pointer);
}
