using Gateway.Configuration;

namespace Gateway.Tests.Configuration;

public class SizeTextTests
{
    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1MiB", 1_048_576)]
    [InlineData("1 mib", 1_048_576)]
    [InlineData("1MB", 1_000_000)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("10B", 10)]
    [InlineData("3GiB", 3L << 30)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("1024TiB", 1L << 50)]
    [InlineData("2TB", 2_000_000_000_000)]
    public void Size_WrittenWell_IsRead(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1.3")]
    [InlineData("1XB")]
    [InlineData("1e6")]
    public void Size_WrittenBadly_IsRefused(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData(65_536, "64KiB")]
    [InlineData(1_048_576, "1MiB")]
    [InlineData(1000, "1000")]
    [InlineData(0, "0")]
    [InlineData(4L << 30, "4GiB")]
    [InlineData(1L << 50, "1024TiB")]
    public void Size_Formatted_IsShort(long bytes, string text) => Assert.Equal(text, SizeText.Format(bytes));
}
