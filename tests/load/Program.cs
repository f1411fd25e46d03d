using System.CommandLine;
using Gateway.Load.Scenarios.Churn;
using Gateway.Load.Scenarios.Echo;
using Gateway.Load.Scenarios.Fanout;
using Gateway.Load.Scenarios.Idle;
using Gateway.Load.Scenarios.Memory;
using Gateway.Load.Scenarios.Neighbours;
using Gateway.Load.Scenarios.Stop;

var root = new RootCommand("Puts load on a node and says what it cost. Exit code 0: every check holds; 1: one failed; 2: the load could not be put on.")
{
    EchoCommand.Create(),
    FanoutCommand.Create(),
    IdleCommand.Create(),
    MemoryCommand.Create(),
    NeighboursCommand.Create(),
    ChurnCommand.Create(),
    StopCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
