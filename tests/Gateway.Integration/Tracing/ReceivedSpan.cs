using System.Globalization;

namespace Gateway.Integration.Tracing;

/// <summary>A span as a collector gets it (opentelemetry/proto/trace/v1/trace.proto).</summary>
internal sealed record ReceivedSpan
{
    public required string TraceId { get; init; }

    public required string SpanId { get; init; }

    /// <summary>Empty: a root.</summary>
    public required string ParentId { get; init; }

    public required string Name { get; init; }

    public required SpanKind Kind { get; init; }

    public required string State { get; init; }

    public required ulong Start { get; init; }

    public required ulong End { get; init; }

    /// <summary>Values as text.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Of the node that it came from.</summary>
    public required IReadOnlyDictionary<string, string> Resource { get; init; }

    public string Node => Resource["service.instance.id"];

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<ReceivedSpan> ReadAll(ReadOnlyMemory<byte> request) =>
        from resourceSpans in ProtobufField.Messages(request, 1)
        let resource = Pairs(ProtobufField.Messages(resourceSpans, 1).Single(), 1)
        from scopeSpans in ProtobufField.Messages(resourceSpans, 2)
        from span in ProtobufField.Messages(scopeSpans, 2)
        select Read(span, resource);

    private static ReceivedSpan Read(ReadOnlyMemory<byte> span, IReadOnlyDictionary<string, string> resource)
    {
        var fields = ProtobufField.Read(span).ToLookup(field => field.Number);
        return new ReceivedSpan
        {
            TraceId = fields[1].Single().Hex,
            SpanId = fields[2].Single().Hex,
            State = fields[3].SingleOrDefault().Text,
            ParentId = fields[4].SingleOrDefault().Hex,
            Name = fields[5].Single().Text,
            Kind = (SpanKind)fields[6].Single().Value,
            Start = fields[7].Single().Value,
            End = fields[8].Single().Value,
            Attributes = Pairs(span, 9),
            Events = [.. fields[11].Select(field => ProtobufField.Read(field.Bytes).Single(part => part.Number == 2).Text)],
            Resource = resource,
        };
    }

    private static Dictionary<string, string> Pairs(ReadOnlyMemory<byte> message, int number) =>
        ProtobufField.Messages(message, number)
            .Select(pair => ProtobufField.Read(pair).ToDictionary(field => field.Number))
            .ToDictionary(pair => pair[1].Text, pair => Value(ProtobufField.Read(pair[2].Bytes).Single()));

    private static string Value(ProtobufField value) => value.Number switch
    {
        1 => value.Text,
        4 => BitConverter.UInt64BitsToDouble(value.Value).ToString(CultureInfo.InvariantCulture),
        _ => value.Value.ToString(CultureInfo.InvariantCulture),
    };
}

internal enum SpanKind
{
    Internal = 1,
    Server,
    Client,
    Producer,
    Consumer,
}
