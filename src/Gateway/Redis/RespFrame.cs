using System.Buffers.Text;
using RESPite.Messages;

namespace Gateway.Redis;

/// <summary>What stands at the front of the receive buffer.</summary>
internal enum RespFrameKind : byte
{
    /// <summary>Nothing whole yet.</summary>
    Incomplete,

    /// <summary>A message in a subscribed channel.</summary>
    Message,

    /// <summary>The answer to the oldest command that has none: done.</summary>
    Reply,

    /// <summary>The answer to the oldest command that has none: refused.</summary>
    Error,
}

/// <summary>
/// One frame of a subscriber's connection: which it is, and where its parts lie in the buffer. RESP2 and RESP3 differ only in the
/// first byte of a message, which RESPite's reader reads alike:
/// <code>
/// *3\r\n $7\r\nmessage\r\n $&lt;n&gt;\r\n&lt;channel&gt;\r\n $&lt;m&gt;\r\n&lt;payload&gt;\r\n
/// </code>
/// </summary>
internal readonly ref struct RespFrame
{
    public RespFrameKind Kind { get; private init; }

    /// <summary>Bytes of the whole frame; 0 when it is incomplete and nobody can say yet.</summary>
    public long Length { get; private init; }

    /// <summary>A message's channel as Redis knows it, also of an incomplete message whose length is known.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>A message's payload.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>Bytes of a message's payload, also of an incomplete one whose length is known.</summary>
    public long PayloadLength { get; private init; }

    /// <summary>An error's text.</summary>
    public string? Error { get; private init; }

    /// <summary>Reads the frame at the front; "need more" is an ordinary answer that consumes nothing.</summary>
    /// <exception cref="Exception">These bytes are not RESP.</exception>
    public static RespFrame Read(ReadOnlySpan<byte> data)
    {
        var reader = new RespReader(data);
        if (!reader.TryMoveNext(checkError: false))
            return default;
        if (reader.IsError)
            return new RespFrame { Kind = RespFrameKind.Error, Length = reader.BytesConsumed, Error = reader.ReadString() };
        if (!reader.IsAggregate)
            return new RespFrame { Kind = RespFrameKind.Reply, Length = reader.BytesConsumed };

        var parts = reader.AggregateLength();
        for (var i = 0; i < parts; i++)
        {
            if (!reader.TryMoveNext(checkError: false))
                return default;
            if (i == 0 && parts == 3 && reader.Is("message"u8))
                return ReadMessage(ref reader, data);
        }

        return new RespFrame { Kind = RespFrameKind.Reply, Length = reader.BytesConsumed };
    }

    private static RespFrame ReadMessage(scoped ref RespReader reader, ReadOnlySpan<byte> data)
    {
        if (!reader.TryMoveNext(checkError: false) || !reader.TryGetSpan(out var key))
            return default;
        var payloadAt = reader.BytesConsumed;
        if (!reader.TryMoveNext(checkError: false))
            return Unfinished(key, data, (int)payloadAt);
        if (!reader.TryGetSpan(out var payload))
            throw new InvalidDataException("A message's payload is not a bulk string.");
        return new RespFrame
        {
            Kind = RespFrameKind.Message,
            Length = reader.BytesConsumed,
            Key = key,
            Payload = payload,
            PayloadLength = payload.Length,
        };
    }

    /// <summary>A message whose payload has not arrived: its length usually has, and says how much to wait for, or to skip.</summary>
    private static RespFrame Unfinished(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, int payloadAt)
    {
        var header = data[payloadAt..];
        if (header.Length == 0 || header[0] != (byte)'$' || !Utf8Parser.TryParse(header[1..], out long length, out var digits))
            return default;
        var end = 1 + digits + 2; // $<digits>\r\n: without the line's end the last digit may be missing
        return header.Length < end
            ? default
            : new RespFrame { Length = payloadAt + end + length + 2, Key = key, PayloadLength = length };
    }
}
