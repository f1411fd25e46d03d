using System.Net.Sockets;
using Gateway.Core.Channels;
using Gateway.Core.Framing;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests;

/// <summary>References run one way: docs/architecture.md draws the arrows, and this is where they are held.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Gateway.Core";

    // A layer may refer to these, and to itself.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Addresses"] = [],
        ["Buffers"] = [],
        ["Json"] = [],
        ["Telemetry"] = [],
        ["Options"] = ["Addresses", "Json"],
        ["Framing"] = ["Buffers", "Telemetry"],
        ["Access"] = ["Addresses", "Buffers", "Json", "Options", "Telemetry"],
        ["Handshake"] = ["Access", "Addresses", "Framing", "Options", "Telemetry"],
        ["Transport"] = ["Addresses", "Buffers", "Options", "Telemetry"],
        ["Connections"] = ["Access", "Handshake", "Framing", "Transport", "Addresses", "Buffers", "Options", "Telemetry"],
        ["Publications"] = ["Telemetry"],
        ["Channels"] = ["Publications", "Access", "Addresses", "Connections", "Framing", "Buffers", "Json", "Options", "Telemetry"],
        ["Protocols"] = ["Publications", "Access", "Channels", "Connections", "Handshake", "Framing", "Json", "Options", "Telemetry"],
        ["Brokers"] = ["Json", "Options", "Telemetry"],
        ["Cluster"] = ["Access", "Brokers", "Connections", "Options", "Publications", "Telemetry"],
        ["Memory"] = ["Connections", "Buffers", "Options", "Telemetry", "Transport"],
        ["Diagnosis"] = ["Connections", "Transport", "Framing", "Addresses"],
        ["Relay"] = ["Access", "Brokers", "Buffers", "Channels", "Connections", "Diagnosis", "Memory", "Options", "Publications", "Telemetry"],
        ["Removal"] = ["Access", "Brokers", "Connections", "Telemetry"],
        ["Rules"] = ["Access", "Channels", "Connections", "Diagnosis", "Options"],
        ["Investigation"] = ["Access", "Addresses", "Brokers", "Channels", "Cluster", "Connections", "Diagnosis", "Options", "Telemetry", "Transport"],
    };

    // Shared vocabulary: a broker, and a publication on its way there, have to say which channel they mean.
    private static readonly Type[] SharedVocabulary = [typeof(ChannelName), typeof(ChannelNameComparer)];

    private static IEnumerable<Type> Types => typeof(GatewayNode).Assembly.GetTypes();

    [Fact]
    public void EachLayer_RefersOnlyDownwards() => Assert.Empty(Violations(Arrows));

    [Fact]
    public void EachNamespace_HasItsArrows() =>
        Assert.Equal(Arrows.Keys.Order(), Types.Select(LayerOf).Where(layer => layer is not (null or "")).Distinct().Order());

    [Theory]
    [InlineData("Framing")]
    [InlineData("Handshake")]
    [InlineData("Channels")]
    [InlineData("Protocols")]
    [InlineData("Brokers")]
    public void Layer_KnowsNoSocket(string layer) =>
        Assert.Empty(ReferencesFrom(layer).Where(reference => reference.To.Namespace == typeof(Socket).Namespace).Select(Describe));

    [Theory]
    [InlineData("Transport", "Framing")]
    [InlineData("Brokers", "Connections")]
    [InlineData("Brokers", "Framing")]
    public void Layer_DoesNotKnow(string layer, string other) =>
        Assert.Empty(ReferencesFrom(layer).Where(reference => LayerOf(reference.To) == other).Select(Describe));

    [Fact]
    public void DataPath_UsesNoOtherWebSocketOrServer() =>
        Assert.Empty(Types.SelectMany(ReferencesOf)
            .Where(reference => reference.To.Namespace is { } name
                && (name.StartsWith("System.Net.WebSockets", StringComparison.Ordinal)
                    || name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                    || name.StartsWith("StackExchange", StringComparison.Ordinal)))
            .Select(Describe));

    // The rule can fail: each arrow that is taken away is missed.
    [Fact]
    public void Rule_WithoutAnArrowThatIsUsed_Fails()
    {
        foreach (var (layer, targets) in Arrows)
        {
            foreach (var target in targets.Where(target => ReferencesFrom(layer).Any(reference => LayerOf(reference.To) == target)))
            {
                var narrower = new Dictionary<string, string[]>(Arrows) { [layer] = [.. targets.Where(other => other != target)] };
                Assert.NotEmpty(Violations(narrower));
            }
        }
    }

    [Theory]
    [InlineData(nameof(Fabricated.InABody))]
    [InlineData(nameof(Fabricated.InAGenericArgument))]
    [InlineData(nameof(Fabricated.InATypeToken))]
    [InlineData(nameof(Fabricated.InAFieldOfAnother))]
    [InlineData(nameof(Fabricated.InAClosure))]
    [InlineData(nameof(Fabricated.InAnAwait))]
    [InlineData(nameof(Fabricated.InASignature))]
    public void References_OfAMethod_AreFound(string method)
    {
        // What a method only touches in its body counts as well; closures and state machines are nested types of their own.
        var places = typeof(Fabricated).GetNestedTypes(System.Reflection.BindingFlags.NonPublic).Append(typeof(Fabricated))
            .SelectMany(type => TypeReferences.Of(type).Select(found => (found.Key, Place: $"{type.Name}.{found.Value}")));

        Assert.Contains(places, found => (found.Key == Target(method)) && found.Place.Contains(method, StringComparison.Ordinal));
    }

    private static Type Target(string method) => method switch
    {
        nameof(Fabricated.InABody) => typeof(Masking),
        nameof(Fabricated.InAGenericArgument) => typeof(CloseCode),
        nameof(Fabricated.InATypeToken) => typeof(Utf8Validator),
        nameof(Fabricated.InAFieldOfAnother) => typeof(ProtocolError),
        nameof(Fabricated.InAClosure) => typeof(OutboundFrame),
        nameof(Fabricated.InAnAwait) => typeof(FrameHeader),
        _ => typeof(Opcode),
    };

    private static List<string> Violations(Dictionary<string, string[]> arrows) =>
    [
        .. Types.SelectMany(ReferencesOf)
            .Where(reference => LayerOf(reference.From) is { Length: > 0 } from
                && LayerOf(reference.To) is { } to
                && to != from
                && !arrows[from].Contains(to)
                && !(from is "Brokers" or "Publications" && SharedVocabulary.Contains(reference.To)))
            .Select(Describe),
    ];

    private static IEnumerable<Reference> ReferencesFrom(string layer) =>
        Types.Where(type => LayerOf(type) == layer).SelectMany(ReferencesOf);

    private static IEnumerable<Reference> ReferencesOf(Type type) =>
        TypeReferences.Of(type).Select(found => new Reference(type, found.Key, found.Value));

    /// <summary>The first part of the namespace below the root's; empty: the root; null: not ours.</summary>
    private static string? LayerOf(Type type)
    {
        var isOurs = type.Assembly == typeof(GatewayNode).Assembly && type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true;
        if (!isOurs)
            return null;
        return type.Namespace!.Length == Root.Length ? "" : type.Namespace[(Root.Length + 1)..].Split('.')[0];
    }

    private static string Describe(Reference reference) => $"{reference.From.FullName} -> {reference.To.FullName}, in {reference.Place}";

    private sealed record Reference(Type From, Type To, string Place);

    private sealed class Fabricated
    {
        private CloseReasonHolder? _holder;

        public static void InABody() => Masking.Apply([], 0);

        public static int InAGenericArgument() => new List<CloseCode>().Count;

        public static string InATypeToken() => typeof(Utf8Validator).Name;

        public string? InAFieldOfAnother() => (_holder ??= new CloseReasonHolder()).Error.ToString();

        public static Func<object> InAClosure() => () => OutboundFrame.Raw([]);

        public static async Task<int> InAnAwait()
        {
            await Task.Yield();
            return FrameHeader.SizeOf(0, masked: false);
        }

        public static void InASignature(ReadOnlySpan<Opcode> opcodes) => _ = opcodes.Length;

        private sealed class CloseReasonHolder
        {
            public readonly ProtocolError Error = Enum.Parse<ProtocolError>(Enum.GetNames<ProtocolError>()[0]);
        }
    }
}
