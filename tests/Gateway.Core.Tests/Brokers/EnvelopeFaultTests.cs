using System.Text;
using Gateway.Core.Brokers;

namespace Gateway.Core.Tests.Brokers;

/// <summary>What the log says to whoever wrote a backend.</summary>
public sealed class EnvelopeFaultTests
{
    [Theory]
    [InlineData("{not json", "it is not JSON")]
    [InlineData("[1]", "it is no JSON object")]
    [InlineData("""{"v":"1","channels":["a"],"text":"x"}""", "a field is of the wrong kind")]
    [InlineData("""{"channels":["a"],"text":"x"}""", "it has no version")]
    [InlineData("""{"v":2,"channels":["a"],"text":"x"}""", "its version is 2, and this node reads 1")]
    [InlineData("""{"v":1,"op":"dance"}""", "the operation 'dance' is not known here")]
    [InlineData("\uFEFF{\"v\":1,\"op\":\"dance\"}", "the operation 'dance' is not known here")]
    [InlineData("""{"v":1,"op":"a\nb"}""", "the operation 'a?b' is not known here")]
    [InlineData("""{"v":1,"text":"x"}""", "it names no channels")]
    [InlineData("""{"v":1,"channels":[],"text":"x"}""", "it names no channels")]
    [InlineData("""{"v":1,"channels":["a"]}""", "it has no payload")]
    [InlineData("""{"v":1,"channels":["a"],"text":"x","data":1}""", "it has more than one payload")]
    [InlineData("""{"v":1,"channels":["a","b c"],"text":"x"}""", "'b c' is no channel's name; it was published in the others")]
    public void Of_EachMistake_SaysWhatIsWrong(string envelope, string reason) =>
        Assert.StartsWith(reason, EnvelopeFault.Of(Encoding.UTF8.GetBytes(envelope)), StringComparison.Ordinal);

    [Fact]
    public void Of_NoText_SaysSo() => Assert.StartsWith("it is not UTF-8", EnvelopeFault.Of([(byte)'"', 0xFF, (byte)'"']), StringComparison.Ordinal);

    [Fact]
    public void Of_ALongName_IsShort() =>
        Assert.InRange(EnvelopeFault.Of(Encoding.UTF8.GetBytes($$"""{"v":1,"op":"{{new string('x', 10_000)}}"}""")).Length, 1, 200);
}
