using System.ComponentModel;
using System.Text.Json;

namespace Gateway.Admin;

/// <summary>The shape of a publish request, for the OpenAPI document. Requests are read by <see cref="PublishRequest"/>, which keeps the bytes of <c>data</c>.</summary>
internal sealed record PublishBody(
    [property: Description("The channel: 1 to 255 bytes of UTF-8 without control characters, spaces and commas. Either this or 'channels'.")] string? Channel,
    [property: Description("Up to 100 channels. Either this or 'channel'.")] string[]? Channels,
    [property: Description("The payload: any JSON value, relayed byte for byte as it stands here. Exactly one of 'data', 'text' and 'binary'.")] JsonElement? Data,
    [property: Description("The payload: this text, as UTF-8.")] string? Text,
    [property: Description("The payload: these bytes, in base64.")] string? Binary,
    [property: Description("What the publication is about, 1 to 255 bytes of UTF-8. In channels that are conflated, a client that is behind gets only the newest of each key. A publication with a key goes to every node as an envelope.")] string? Key);
