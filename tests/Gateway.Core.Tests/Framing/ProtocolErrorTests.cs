using System.Text;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Framing;

public class ProtocolErrorTests
{
    [Fact]
    public void Error_OfEveryKind_HasATextOfItsOwnThatFitsACloseFrame()
    {
        var errors = Enum.GetValues<ProtocolError>().Where(error => error != ProtocolError.None).ToArray();

        Assert.Equal(errors.Length, errors.Select(error => error.Text()).Distinct().Count());
        Assert.All(errors, error => Assert.InRange(Encoding.UTF8.GetByteCount(error.Text()), 10, ClosePayload.MaxReasonBytes));
        Assert.DoesNotContain("protocol error", errors.Select(error => error.Text()));
    }

    [Fact]
    public void Error_OfEveryKind_HasACodeThatMayBeSent()
    {
        foreach (var error in Enum.GetValues<ProtocolError>().Where(error => error != ProtocolError.None))
        {
            var expected = error switch
            {
                ProtocolError.InvalidUtf8 or ProtocolError.InvalidUtf8InCloseReason or ProtocolError.InvalidDeflate => CloseCode.InvalidData,
                ProtocolError.TooManyDeflateStreams => CloseCode.PolicyViolation,
                ProtocolError.MessageTooBig => CloseCode.MessageTooBig,
                ProtocolError.NoRoom => CloseCode.TryAgainLater,
                _ => CloseCode.ProtocolError,
            };
            Assert.Equal(expected, error.Code());
        }
    }
}
