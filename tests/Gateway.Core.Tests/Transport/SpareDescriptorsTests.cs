using Gateway.Core.Transport;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Core.Tests.Transport;

public sealed class SpareDescriptorsTests : IDisposable
{
    private readonly SpareDescriptors _spare;
    private int _free = 100;

    private int _opened;
    private bool _isKnown = true;

    public SpareDescriptorsTests() => _spare = new SpareDescriptors(() => _free > 0 ? new Descriptor(this) : throw new IOException("EMFILE"), () => _isKnown ? _free : null);

    public void Dispose() => _spare.Dispose();

    [Fact]
    public void Kept_AreTakenOnce_AndGivenBack()
    {
        Assert.True(_spare.TryKeep());
        Assert.True(_spare.TryKeep());
        Assert.Equal(100 - SpareDescriptors.Count, _free);

        _spare.GiveUp();
        _spare.GiveUp();
        Assert.Equal(100, _free);

        Assert.True(_spare.TryKeep());
        _spare.Dispose();
        Assert.Equal(100, _free);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SpareDescriptors.Count)]
    [InlineData((2 * SpareDescriptors.Count) - 1)]
    public void Kept_WhereFewerThanTwiceAsManyAreFree_AreNot_AndNoneIsOpenedForAMoment(int free)
    {
        _free = free;

        Assert.False(_spare.TryKeep());

        Assert.Equal((free, 0), (_free, _opened));
        _free = 2 * SpareDescriptors.Count;
        Assert.True(_spare.TryKeep());
        Assert.Equal(SpareDescriptors.Count, _free);
    }

    [Theory]
    [InlineData(SpareDescriptors.Count - 1, false)]
    [InlineData(SpareDescriptors.Count, true)]
    public void Kept_WhereNobodyKnowsHowManyAreFree_AreTried(int free, bool areKept)
    {
        (_free, _isKnown) = (free, false);

        Assert.Equal(areKept, _spare.TryKeep());

        Assert.Equal(areKept ? 0 : free, _free);
    }

    [Fact]
    public void Kept_ByTheKernel_AreOpenFiles()
    {
        using var spare = new SpareDescriptors();

        Assert.True(spare.TryKeep());
    }

    private sealed class Descriptor : SafeHandleZeroOrMinusOneIsInvalid
    {
        private readonly SpareDescriptorsTests _of;

        public Descriptor(SpareDescriptorsTests of)
            : base(ownsHandle: true)
        {
            (_of, handle) = (of, 1);
            of._free--;
            of._opened++;
        }

        protected override bool ReleaseHandle()
        {
            _of._free++;
            return true;
        }
    }
}
