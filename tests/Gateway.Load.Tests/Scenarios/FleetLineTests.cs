using Gateway.Load.Scenarios.Fleet;

namespace Gateway.Load.Tests.Scenarios;

public class FleetLineTests
{
    [Fact]
    public void Status_Written_IsReadBack()
    {
        var status = new FleetStatus(10, true, 9, 1234, "Connecting: Connection refused.");
        var line = FleetLine.Write(status);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(status, FleetLine.ReadStatus(line));
        Assert.Null(FleetLine.ReadResult(line));
    }

    [Fact]
    public void Result_Written_IsReadBack()
    {
        var line = FleetLine.Write(new FleetResult(10, 1, 2, 3, [[100, 5], [200, 6]]));
        var read = FleetLine.ReadResult(line)!;
        Assert.Equal((10, 1, 2, 3), (read.Open, read.Lost, read.Duplicated, read.Disordered));
        Assert.Equal([[100, 5], [200, 6]], read.Latency);
        Assert.Null(FleetLine.ReadStatus(line));
    }

    [Fact]
    public void Anything_Else_IsNeither()
    {
        Assert.Null(FleetLine.ReadStatus("warning: something"));
        Assert.Null(FleetLine.ReadResult(""));
    }
}
