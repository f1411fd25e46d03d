using Gateway.Load.Scenarios.Parts;

namespace Gateway.Load.Tests.Scenarios.Parts;

public class PartStatusTests
{
    [Fact]
    public void Status_OfWhatWasCounted_IsReadBack()
    {
        var count = new PartCount();
        count.Connect();
        count.Connect();
        count.Disconnect();
        count.Send(100);
        count.End("1013");
        count.End("1013");
        count.End("cut");
        var line = count.Status().Write();
        Assert.DoesNotContain('\n', line);
        var read = PartStatus.Read(line)!;
        Assert.Equal((1, 2, 100), (read.Connected, read.Handshakes, read.SentBytes));
        Assert.Equal([("1013", 2), ("cut", 1)], read.Ends.OrderBy(end => end.Key).Select(end => (end.Key, end.Value)));
    }

    [Fact]
    public void Read_AnythingElse_IsNone() => Assert.Null(PartStatus.Read("Unhandled exception."));
}
