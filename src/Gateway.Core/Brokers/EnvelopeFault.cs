using System.Text.Unicode;
using Gateway.Core.Channels;
using Gateway.Core.Json;

namespace Gateway.Core.Brokers;

/// <summary>Why an envelope was not taken, for whoever wrote the backend that sent it. Asked for a line of the log, not for each envelope.</summary>
internal static class EnvelopeFault
{
    private const int LongestQuote = 64;

    public static string Of(ReadOnlySpan<byte> json)
    {
        json = ByteOrderMark.Skip(json);
        if (!Utf8.IsValid(json))
            return "it is not UTF-8.";
        if (!JsonScanner.IsValue(json, Envelope.MaxDepth))
            return "it is not JSON.";
        if (JsonScanner.SkipPast(json, 0, (byte)'{') < 0)
            return "it is no JSON object.";
        return Envelope.TryParse(json) switch
        {
            null => "a field is of the wrong kind: v is a number, channels a list of strings, op, text, connection and user are strings, binary is base64.",
            { Version: < 1 } => "it has no version: \"v\":1.",
            { Version: > Envelope.CurrentVersion and var version } => $"its version is {version}, and this node reads {Envelope.CurrentVersion}.",
            { Operation: { } operation } => $"the operation '{Quote(operation)}' is not known here, or lacks a field that it needs.",
            var publication => OfPublication(publication),
        };
    }

    private static string OfPublication(Envelope publication)
    {
        var payloads = (publication.Data.IsEmpty ? 0 : 1) + (publication.Text is null ? 0 : 1) + (publication.Binary is null ? 0 : 1);
        if (payloads != 1)
            return payloads == 0 ? "it has no payload: one of data, text and binary." : "it has more than one payload: one of data, text and binary is wanted.";
        if (publication.Channels is not { Length: > 0 } channels)
            return "it names no channels: a list in \"channels\".";
        var wrong = channels.FirstOrDefault(static name => !ChannelName.TryParse(name, out _));
        return $"'{Quote(wrong ?? "")}' is no channel's name; it was published in the others.";
    }

    // Somebody else's text, in our log: short, and on one line.
    private static string Quote(string text) =>
        string.Concat(text.Take(LongestQuote).Select(static letter => char.IsControl(letter) ? '?' : letter)) + (text.Length > LongestQuote ? "…" : "");
}
