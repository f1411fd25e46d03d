using System.Net;
using Gateway.Load.Scenarios.Parts;

namespace Gateway.Load.Tests.Scenarios.Parts;

public class PartSettingsTests
{
    private const int Addresses = 7;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kinds_OfTheNodesKind_AreAllAttackedWithFromEachAddress(bool isTls)
    {
        var settings = Settings(isTls);
        var attackers = Enumerable.Range(0, settings.Kinds.Count * Addresses).Select(number => (Kind: settings.KindOf(number), Source: settings.SourceOf(settings.KindOf(number), number))).ToList();
        Assert.All(settings.Kinds, kind => Assert.Equal(Addresses, attackers.Where(attacker => attacker.Kind == kind).Select(attacker => attacker.Source).Distinct().Count()));
    }

    [Fact]
    public void SourceOf_Proxies_IsNobodyElses()
    {
        var settings = Settings(isTls: false);
        var proxies = IPNetwork.Parse(PartSettings.Proxies);
        for (var number = 0; number < 1000; number++)
        {
            var kind = settings.KindOf(number);
            Assert.Equal(kind.Door == Door.Proxy, proxies.Contains(settings.SourceOf(kind, number)));
        }
    }

    [Fact]
    public void Kinds_AllOfThem_FitAnEndpointOrTheOther()
    {
        Assert.All(PartKind.All, kind => Assert.True(kind.Fits(isTls: true) || kind.Fits(isTls: false)));
        Assert.Equal(PartKind.All.Count, PartKind.All.Select(kind => kind.Name).Distinct().Count());
        Assert.DoesNotContain(PartKind.All, kind => kind.Door == Door.Bare && kind.Fits(isTls: false));
        Assert.DoesNotContain(PartKind.All, kind => kind.Door == Door.Proxy && kind.Fits(isTls: true));
    }

    private static PartSettings Settings(bool isTls)
    {
        var nowhere = new IPEndPoint(IPAddress.Loopback, 1);
        return new PartSettings(nowhere, nowhere, isTls, [.. PartKind.All.Where(kind => kind.Fits(isTls))], 100, 100, Addresses, 10);
    }
}
