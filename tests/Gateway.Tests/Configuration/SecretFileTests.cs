using Gateway.Configuration;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Configuration;

public sealed class SecretFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "key");
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _log = new();
    private readonly SecretFile _file;

    public SecretFileTests() => _file = new SecretFile(_path, _time, _log);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Text_IsTheContentWithoutWhiteSpaceAroundIt()
    {
        File.WriteAllText(_path, "  first\n\n");

        Assert.Equal("first", _file.Text);
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public void Text_ThatHasChanged_IsReadAgainAfterSomeSeconds()
    {
        File.WriteAllText(_path, "first");
        Assert.Equal("first", _file.Text);
        File.WriteAllText(_path, "second");
        Assert.Equal("first", _file.Text);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("second", _file.Text);
        Assert.Equal(3030, _log.LatestRecord.Id.Id);
        Assert.DoesNotContain("second", _log.LatestRecord.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_OfAFileThatIsGoneOrEmpty_StaysAndIsToldOnce(bool isGone)
    {
        File.WriteAllText(_path, "first");
        Assert.Equal("first", _file.Text);
        File.Delete(_path);
        if (!isGone)
            File.WriteAllText(_path, "\n");

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal("first", _file.Text);
        }

        Assert.Equal([3031], _log.Collector.GetSnapshot().Select(line => line.Id.Id));
        File.WriteAllText(_path, "first");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("first", _file.Text);
        Assert.Equal(3030, _log.LatestRecord.Id.Id);
    }
}
