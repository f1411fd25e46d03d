using System.Text;
using Gateway.Core.Brokers;
using Gateway.Integration.Fixtures;

namespace Gateway.Integration.Brokers;

/// <summary>What nodes leave for each other at every broker.</summary>
public abstract class KeptRecordsContract : BrokerTests
{
    private static readonly Dictionary<string, Func<IBroker, IKeptRecords>> Kinds = new()
    {
        ["announcements"] = static broker => broker.Announcements,
        ["revocations"] = static broker => broker.Revocations,
    };

    public static TheoryData<string> EachKind { get; } = new(Kinds.Keys);

    [Theory]
    [MemberData(nameof(EachKind))]
    public async Task Records_OfAllNodes_AreReadByEach_TheLatestOfAName(string kind)
    {
        var ((first, _), (second, _)) = (await NodeAsync(), await NodeAsync());
        var (ofFirst, ofSecond) = (Kinds[kind](first), Kinds[kind](second));
        Assert.Null(await KeepAsync(ofFirst, "node-1", "old"));
        Assert.Equal(Bytes("old"), await KeepAsync(ofFirst, "node-1", "one")); // whoever shares a name sees that
        Assert.Null(await KeepAsync(ofSecond, "user:a b\n", "two"));
        Assert.Null(await KeepAsync(ofSecond, new string('é', 1000), "three"));
        Assert.Equal(Bytes("two"), await KeepAsync(ofFirst, "user:a b\n", "two again"));

        Assert.Equal(["one", "three", "two again"], await ReadAsync(ofFirst));
        Assert.Equal(["one", "three", "two again"], await ReadAsync(ofSecond));
    }

    [Fact]
    public async Task Records_OfOneKind_AreNoneOfAnother()
    {
        var (broker, _) = await NodeAsync();
        await KeepAsync(broker.Announcements, "a", "announcement");
        await KeepAsync(broker.Revocations, "a", "revocation");

        Assert.Equal(["announcement"], await ReadAsync(broker.Announcements));
        Assert.Equal(["revocation"], await ReadAsync(broker.Revocations));
    }

    [Theory]
    [MemberData(nameof(EachKind))]
    public async Task Record_Expired_IsReadNoMore(string kind)
    {
        var (broker, _) = await NodeAsync();
        var records = Kinds[kind](broker);
        await records.KeepAsync("a", Bytes("short"), TimeSpan.FromMilliseconds(50), None);
        await records.KeepAsync("b", Bytes("long"), TimeSpan.FromMinutes(1), None);

        await Eventually.TrueAsync(async () => (await ReadAsync(records)).SequenceEqual(["long"]));
        Assert.Null(await records.KeepAsync("a", Bytes("again"), TimeSpan.FromMinutes(1), None));
    }

    private static ValueTask<byte[]?> KeepAsync(IKeptRecords records, string name, string record) =>
        records.KeepAsync(name, Bytes(record), TimeSpan.FromMinutes(1), None);

    private static async Task<IEnumerable<string>> ReadAsync(IKeptRecords records) => (await records.ReadAsync(None)).Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal);
}
