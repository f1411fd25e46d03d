using System.Text;
using Gateway.Configuration;
using Gateway.Core.Telemetry;
using Gateway.Hosting;
using Gateway.Tests.Admin;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Hosting;

public sealed class RulesReloadTests : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly FakeNode _node = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger<RulesReload> _log = new();
    private readonly Files _files = new();

    public void Dispose() => _metrics.Dispose();

    /// <summary>Its fingerprint could be taken, and the reading that follows fails: no fault of what the file says.</summary>
    [Fact]
    public async Task Reload_AFileThatCannotBeReadAnyMore_IsToldOnceAndReadAgainAtTheNextTick()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(_files, "appsettings.json", optional: false, reloadOnChange: false).Build();
        var (settings, errors) = GatewaySettings.Bind(configuration, "Production");
        Assert.Empty(errors);
        using var reload = new RulesReload(settings, _node, _metrics, _time, _log);

        _files.Fault = new IOException("Too many open files");
        reload.Reload(configuration);
        reload.Reload(configuration);

        Assert.Equal([3022], _log.Collector.GetSnapshot().Select(line => line.Id.Id));
        Assert.Contains("Too many open files", _log.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Empty(_node.Applied);

        _files.Fault = null;
        await reload.StartAsync(CancellationToken.None);
        await _files.UntilReadAsync(_time);
        await reload.StopAsync(CancellationToken.None);

        Assert.Equal("news", Assert.Single(_node.Applied).Pattern);
        Assert.Equal([3022], _log.Collector.GetSnapshot().Select(line => line.Id.Id));
    }

    /// <summary>One file that is nowhere on the disk, and cannot be read while a test says so.</summary>
    private sealed class Files : IFileProvider, IFileInfo
    {
        private static readonly byte[] Content = Encoding.UTF8.GetBytes("""{ "Gateway": { "Auth": { "AllowAnonymous": false }, "Rules": [ { "Pattern": "news" } ] } }""");

        private volatile bool _isRead;

        public Exception? Fault { get; set; }

        public bool Exists => true;

        public bool IsDirectory => false;

        public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;

        public long Length => Content.Length;

        public string Name => "appsettings.json";

        public string? PhysicalPath => null;

        /// <summary>Lets time go on until it is read anew: when the ticks begin is the thread pool's affair.</summary>
        public async Task UntilReadAsync(FakeTimeProvider time)
        {
            _isRead = false;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!_isRead)
            {
                patience.Token.ThrowIfCancellationRequested();
                time.Advance(TimeSpan.FromSeconds(2));
                await Task.Yield();
            }
        }

        public Stream CreateReadStream()
        {
            if (Fault is not null)
                throw Fault;
            _isRead = true;
            return new MemoryStream(Content);
        }

        public IFileInfo GetFileInfo(string subpath) => this;

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public IChangeToken Watch(string filter) => new CancellationChangeToken(CancellationToken.None);
    }
}
