using System.Buffers;
using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class Utf8ValidatorTests
{
    private enum Verdict
    {
        Complete,
        Partial,
        Invalid,
    }

    [Fact]
    public void Sequence_OfOneByte_EqualsItsSlowTwin()
    {
        for (var a = 0; a <= 0xFF; a++)
            ExpectAtEverySplit([(byte)a]);
    }

    [Fact]
    public void Sequence_OfTwoBytes_EqualsItsSlowTwin()
    {
        for (var ab = 0; ab <= 0xFFFF; ab++)
            ExpectAtEverySplit([(byte)(ab >> 8), (byte)ab]);
    }

    [Fact]
    public void Sequence_OfThreeBytes_EqualsItsSlowTwin()
    {
        // One that begins with ASCII says nothing that two bytes have not said; '~' stands for all of them.
        for (var abc = (int)'~' << 16; abc <= 0xFFFFFF; abc += abc == ('~' << 16 | 0xFFFF) ? 0x010001 : 1)
            ExpectAtEverySplit([(byte)(abc >> 16), (byte)(abc >> 8), (byte)abc]);
    }

    [Fact]
    public void Sequence_OfFourBytes_EqualsItsSlowTwin()
    {
        byte[] followers = [0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF];
        for (var a = 0xC0; a <= 0xFF; a++)
        {
            foreach (var b in followers)
            {
                foreach (var c in followers)
                {
                    foreach (var d in followers)
                        ExpectAtEverySplit([(byte)a, b, c, d]);
                }
            }
        }
    }

    [Fact]
    public void Text_LongAndMixed_IsValidHoweverItIsCut()
    {
        var text = Encoding.UTF8.GetBytes("κόσμε – naïve 日本語 \U0001F600\U0010FFFF ASCII that is long enough for a vector of 64 bytes, and then some. ÿ");
        ExpectAtEverySplit(text);
        for (var i = 0; i < text.Length; i++)
        {
            var broken = (byte[])text.Clone();
            broken[i] = 0xFF;
            ExpectAtEverySplit(broken);
            ExpectAtEverySplit(text.AsSpan(0, i));
        }
    }

    [Fact]
    public void Text_Random_EqualsItsSlowTwin()
    {
        var random = new Random(7);
        byte[] likely = [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4];
        for (var round = 0; round < 20_000; round++)
            ExpectAtEverySplit(random.GetItems(likely, random.Next(1, 9)));
    }

    [Theory]
    [InlineData("C0")]
    [InlineData("C1")]
    [InlineData("F5")]
    [InlineData("FF")]
    [InlineData("80")]
    [InlineData("E080")]
    [InlineData("EDA0")] // a surrogate
    [InlineData("F080")]
    [InlineData("F490")] // above U+10FFFF
    [InlineData("E28282E2C0")]
    public void Sequence_ThatCannotBecomeValid_FailsAtItsLastByte(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var validator = default(Utf8Validator);

        Assert.True(validator.Append(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.False(validator.Append(bytes.AsSpan(bytes.Length - 1)));
    }

    [Fact]
    public void Text_Empty_IsComplete()
    {
        var validator = default(Utf8Validator);
        Assert.True(validator.Append([]));
        Assert.True(validator.IsComplete);
        Assert.True(validator.AppendLast([]));
    }

    private static void ExpectAtEverySplit(ReadOnlySpan<byte> bytes)
    {
        var expected = Slow(bytes);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var validator = default(Utf8Validator);
            var isValid = validator.Append(bytes[..cut]) && validator.Append(bytes[cut..]);
            var last = default(Utf8Validator);
            var isWholeValid = last.Append(bytes[..cut]) && last.AppendLast(bytes[cut..]);
            if (Name(isValid, validator) != expected || isWholeValid != (expected == Verdict.Complete))
                Assert.Fail($"{Convert.ToHexString(bytes)} cut at {cut} is {Name(isValid, validator)}, not {expected}");
        }

        var single = default(Utf8Validator);
        var stillValid = true;
        for (var i = 0; i < bytes.Length && stillValid; i++)
        {
            stillValid = single.Append(bytes.Slice(i, 1));
            if (stillValid != (Slow(bytes[..(i + 1)]) != Verdict.Invalid))
                Assert.Fail($"{Convert.ToHexString(bytes)} byte by byte is judged wrongly at {i}");
        }
    }

    private static Verdict Name(bool isValid, Utf8Validator validator) =>
        !isValid ? Verdict.Invalid : validator.IsComplete ? Verdict.Complete : Verdict.Partial;

    private static Verdict Slow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var consumed);
            if (status == OperationStatus.NeedMoreData)
                return Verdict.Partial;
            if (status != OperationStatus.Done)
                return Verdict.Invalid;
            bytes = bytes[consumed..];
        }

        return Verdict.Complete;
    }
}
