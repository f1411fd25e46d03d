using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class KernelFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(4096)]
    [InlineData(20_000)]
    public void Read_OfAnyLength_IsWhatItHoldsNow(int length)
    {
        var file = new KernelFile(_path);
        foreach (var letter in "ab")
        {
            File.WriteAllText(_path, new string(letter, length));
            Assert.Equal(new string(letter, length), file.Read());
        }
    }

    [Fact]
    public void Read_NoSuchFile_IsNothing_UntilThereIsOne()
    {
        File.Delete(_path);
        var file = new KernelFile(_path);
        Assert.Null(file.Read());
        File.WriteAllText(_path, "1");
        Assert.Equal("1", file.Read());
    }
}
