using System.CommandLine;
using Gateway.Load.Scenarios.Echo;
using Gateway.Load.Scenarios.Fanout;

var root = new RootCommand("Puts load on a node and says what it cost. Exit code 0: every check holds; 1: one failed; 2: the load could not be put on.")
{
    EchoCommand.Create(),
    FanoutCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
