using System.Text;
using Gateway.Core.Channels;

namespace Gateway.Core.Tests.Channels;

public sealed class ChannelNameTests
{
    public static TheoryData<string, bool> Rules => new()
    {
        { "a", true },
        { "news", true },
        { "chat:room:1", true },
        { "*", true },
        { "{json}\"\\", true },
        { "größe", true },
        { "\u65E5\u672C", true },
        { "\U0001F600", true },
        { "\u00A0", true }, // C2 A0: the first character above the C1 controls
        { "~", true },
        { "!", true },
        { new string('a', 255), true },
        { new string('ä', 127), true }, // 254 bytes
        { "", false },
        { new string('a', 256), false },
        { new string('ä', 128), false }, // 256 bytes in 128 characters
        { " ", false },
        { "a b", false },
        { "a,b", false },
        { ",", false },
        { "\0", false },
        { "a\n", false },
        { "\u001F", false },
        { "\u007F", false }, // DEL
        { "\u0080", false }, // C1, first
        { "\u0085", false }, // NEL
        { "\u009F", false }, // C1, last
        { "a\u009F", false },
        { "\uD800", false }, // a lone surrogate
        { "a\uDC00b", false },
    };

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void TryParse_Text_FollowsTheRules(string text, bool isValid)
    {
        Assert.Equal(isValid, ChannelName.TryParse(text, out var name));
        Assert.Equal(isValid, name is not null);
        if (!isValid)
        {
            Assert.Throws<FormatException>(() => ChannelName.Parse(text));
            return;
        }

        Assert.Equal(text, name!.Text);
        Assert.Equal(text, name.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(text), name.Utf8.ToArray());
        Assert.Equal(Encoding.UTF8.GetBytes(text), name.Utf8Memory.ToArray());
        Assert.True(ChannelName.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.Equal(name, fromBytes);
        Assert.Equal(text, fromBytes.Text);
    }

    [Fact]
    public void TryParse_Null_IsNoName() => Assert.False(ChannelName.TryParse((string?)null, out _));

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xC2 })] // cut short
    [InlineData(new byte[] { 0x61, 0xC2 })]
    [InlineData(new byte[] { 0xC2, 0x80 })] // a C1 control
    [InlineData(new byte[] { 0xC0, 0x80 })] // overlong
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // a surrogate
    [InlineData(new byte[] { 0x20 })]
    public void TryParse_BytesThatAreNoName_IsRefused(byte[] utf8) => Assert.False(ChannelName.TryParse(utf8, out _));

    [Fact]
    public void TryParse_EveryCharacterOfTheBmp_BytesAgreeWithText()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var text = $"x{(char)c}";
            var isText = ChannelName.TryParse(text, out _);
            var isAllowed = c > 0x20 && c != ',' && c is not (>= 0x7F and <= 0x9F) && !char.IsSurrogate((char)c);
            Assert.Equal(isAllowed, isText);
            if (!char.IsSurrogate((char)c))
                Assert.Equal(isAllowed, ChannelName.TryParse(Encoding.UTF8.GetBytes(text), out _));
        }
    }

    [Theory]
    [InlineData("news", "")]
    [InlineData("chat:room", "chat")]
    [InlineData("chat:room:1", "chat")]
    [InlineData(":room", "")]
    [InlineData("chat:", "chat")]
    public void Namespace_IsWhatPrecedesTheFirstColon(string name, string expected) =>
        Assert.Equal(expected, ChannelName.Parse(name).Namespace.ToString());

    [Fact]
    public void Comparer_NamesAndBytes_Agree()
    {
        var comparer = ChannelNameComparer.Instance;
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var (a, b) = (Drawn(random), Drawn(random));
            var isSame = a.Text == b.Text;
            Assert.Equal(isSame, a.Equals(b));
            Assert.Equal(isSame, a.Equals((object)b));
            Assert.Equal(isSame, comparer.Equals(a, b));
            Assert.Equal(isSame, comparer.Equals(b.Utf8, a));
            Assert.Equal(comparer.GetHashCode(a), comparer.GetHashCode(a.Utf8));
            Assert.Equal(comparer.GetHashCode(a), a.GetHashCode());
            Assert.Equal(a, comparer.Create(a.Utf8));
        }

        Assert.True(comparer.Equals((ChannelName?)null, null));
        Assert.False(comparer.Equals((ChannelName?)null, ChannelName.Parse("a")));
        Assert.False(comparer.Equals(ChannelName.Parse("a"), null));
        Assert.False(ChannelName.Parse("a").Equals((object)"a"));
        Assert.Throws<FormatException>(() => comparer.Create(" "u8));
    }

    [Fact]
    public void Comparer_LookUpByBytes_FindsTheNameAndAllocatesNothing()
    {
        var names = Enumerable.Range(0, 1000).ToDictionary(i => ChannelName.Parse($"channel:{i}"), i => i, ChannelNameComparer.Instance);
        var byUtf8 = names.GetAlternateLookup<ReadOnlySpan<byte>>();
        Assert.Equal(123, byUtf8["channel:123"u8]);
        Assert.False(byUtf8.ContainsKey("channel:1000"u8));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = byUtf8.ContainsKey("channel:77"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(found);
    }

    private static ChannelName Drawn(Random random) =>
        ChannelName.Parse(string.Concat(
            Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3) switch { 0 => "a", 1 => "b", _ => "ä" })));
}
