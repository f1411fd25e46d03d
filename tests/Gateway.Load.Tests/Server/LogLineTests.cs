using Gateway.Load.Server;

namespace Gateway.Load.Tests.Server;

public class LogLineTests
{
    [Theory]
    [InlineData("""{"EventId":1,"LogLevel":"Error","Category":"Gateway","Message":"x"}""", true)]
    [InlineData("""{"EventId":1,"LogLevel":"Critical","Category":"Gateway"}""", true)]
    [InlineData("""{"EventId":1,"LogLevel":"Warning","Exception":"System.IO.IOException: x","Message":"y"}""", true)]
    [InlineData("Unhandled exception. System.NullReferenceException", true)]
    [InlineData("12:00:00.000 fail: Gateway[1] x", true)]
    [InlineData("""{"EventId":1,"LogLevel":"Information","Message":"Listening"}""", false)]
    [InlineData("12:00:00.000 info: Gateway[1] x", false)]
    public void IsError_OfALine_TellsErrors(string line, bool isError) => Assert.Equal(isError, LogLine.IsError(line));
}
