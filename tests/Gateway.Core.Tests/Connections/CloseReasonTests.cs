using System.Reflection;
using System.Text;
using Gateway.Core.Connections;
using Gateway.Core.Framing;

namespace Gateway.Core.Tests.Connections;

public sealed class CloseReasonTests
{
    private static readonly (string Name, CloseReason Reason)[] Named =
        [.. typeof(CloseReason).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (field.Name, (CloseReason)field.GetValue(null)!))];

    private static readonly CloseReason[] All =
        [.. Named.Select(row => row.Reason), .. Enum.GetValues<ProtocolError>().Where(error => error != ProtocolError.None).Select(CloseReason.Of)];

    public static TheoryData<string, int, bool> Rows { get; } = new()
    {
        { nameof(CloseReason.Normal), 1000, false },
        { nameof(CloseReason.Moved), 1001, true },
        { nameof(CloseReason.UnsupportedData), 1003, false },
        { nameof(CloseReason.TooManyControlFrames), 1008, false },
        { nameof(CloseReason.InternalError), 1011, true },
        { nameof(CloseReason.ServiceRestart), 1012, true },
        { nameof(CloseReason.TryAgainLater), 1013, true },
        { nameof(CloseReason.BadRequest), 4400, false },
        { nameof(CloseReason.Unauthorized), 4401, true },
        { nameof(CloseReason.Disconnected), 4403, false },
        { nameof(CloseReason.Forbidden), 4403, false },
        { nameof(CloseReason.HeartbeatTimeout), 4408, true },
        { nameof(CloseReason.TokenExpired), 4409, true },
        { nameof(CloseReason.MessageTimeout), 4410, true },
        { nameof(CloseReason.SlowConsumer), 4413, true },
        { nameof(CloseReason.RateLimit), 4429, true },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Row_HasItsCodeAndSaysWhetherToComeBack(string name, int code, bool comeBack)
    {
        var reason = Named.Single(row => row.Name == name).Reason;

        Assert.Equal((code, comeBack), ((int)reason.Code, reason.ComeBack));
        Assert.True(FrameHeader.TryDecode(reason.Frame.Bytes, out var header, out var size));
        Assert.Equal(Opcode.Close, header.Opcode);
        Assert.Equal((reason.Code, reason.Text), ClosePayload.Parse(reason.Frame.Bytes[size..]));
    }

    [Fact]
    public void Rows_WithACloseFrame_AreAllInTheTableAbove() =>
        Assert.Equal(
            Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal),
            Named.Where(row => IsOnTheWire(row.Reason)).Select(row => row.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Codes_OnTheWire_AreUnique()
    {
        // 4403 says that the client may not be here, be it an operator's word or the rules'.
        var codes = Named.Where(row => IsOnTheWire(row.Reason) && row.Reason != CloseReason.Forbidden).Select(row => row.Reason.Code).ToArray();
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public void Texts_FitIntoACloseFrame() =>
        Assert.All(All, reason => Assert.InRange(Encoding.UTF8.GetByteCount(reason.Text), 1, ClosePayload.MaxReasonBytes));

    [Fact]
    public void Labels_AreWordsOfAMetricAndStandForOneCode()
    {
        Assert.All(All, reason => Assert.Matches("^[a-z]+(_[a-z]+)*$", reason.MetricLabel));
        Assert.All(All.Where(IsOnTheWire).GroupBy(reason => reason.MetricLabel), group => Assert.Single(group.Select(reason => reason.Code).Distinct()));
    }

    [Fact]
    public void Errors_OfAPeer_EndItWithoutWaitingForItsAnswerAndAfterItsAnswers() =>
        Assert.All(Enum.GetValues<ProtocolError>().Where(error => error != ProtocolError.None), error =>
        {
            var reason = CloseReason.Of(error);
            Assert.Equal((true, false, error.Code()), (reason.IsFailure, reason.DropsQueue, reason.Code));
        });

    /// <summary>A half-closed stream before its own close frame has left is no clean end for a browser.</summary>
    [Fact]
    public void Mistakes_InFramesThatCanBeRead_AreAnsweredByTheClientBeforeTheEnd()
    {
        Assert.Equal(
            [nameof(CloseReason.MessageTimeout), nameof(CloseReason.RateLimit), nameof(CloseReason.RefusedByClose), nameof(CloseReason.TooManyControlFrames), nameof(CloseReason.UnsupportedData)],
            Named.Where(row => row.Reason.IsMistake).Select(row => row.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Named, row => row.Reason.IsFailure && IsOnTheWire(row.Reason));
    }

    private static bool IsOnTheWire(CloseReason reason) => FrameRules.IsValidOnTheWire((ushort)reason.Code);
}
