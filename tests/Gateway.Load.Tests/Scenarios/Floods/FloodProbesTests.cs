using System.Net;
using Gateway.Load.Client;
using Gateway.Load.Progress;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios.Floods;
using Gateway.Load.Streams;

namespace Gateway.Load.Tests.Scenarios.Floods;

public class FloodProbesTests
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.Loopback, 1);

    [Fact]
    public void Results_OfANewcomerThatGotItsOwn_AreRight()
    {
        var result = Run((_, _, _, _) => Task.FromResult<string?>(null));
        Assert.Null(result.Wrong);
    }

    [Fact]
    public void Results_OfANewcomerThatGotSomethingElse_SayWhat()
    {
        var result = Run((_, _, _, _) => Task.FromResult<string?>("too_many_channels for ok"));
        Assert.Equal("too_many_channels for ok", result.Wrong);
    }

    [Fact]
    public void Results_OfANewcomerThatWasNotLetIn_SayWhy()
    {
        var result = Run((_, _, _, _) => throw new EndedException("Refused with 503."));
        Assert.Equal("Refused with 503.", result.Wrong);
    }

    [Fact]
    public void Results_OfANewcomerThatWaitedInVain_AreWrong()
    {
        var result = Run((_, _, _, _) => throw new OperationCanceledException());
        Assert.NotNull(result.Wrong);
    }

    private static ProbeResult Run(Probe probe)
    {
        using var loop = new Loop(new Observer(new NoProgress()), CancellationToken.None);
        var probes = new FloodProbes(probe, Nowhere);
        probes.GoOn();
        return Assert.Single(probes.Results(loop));
    }
}
