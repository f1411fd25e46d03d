using Gateway.Load.Hostile;

namespace Gateway.Load.Tests.Hostile;

public class WithheldStreamTests
{
    [Fact]
    public async Task Write_OnceItWithholds_LacksItsEnd()
    {
        var inner = new MemoryStream();
        await using var stream = new WithheldStream(inner);
        await stream.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal(100, inner.Length);
        stream.Withholds = true;
        await stream.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal(184, inner.Length);
        stream.Write(new byte[5], 0, 5);
        Assert.Equal(184, inner.Length);
    }
}
