using System.CommandLine;
using Gateway.Load.Scenarios.Churn;
using Gateway.Load.Scenarios.Connect;
using Gateway.Load.Scenarios.Deploy;
using Gateway.Load.Scenarios.Echo;
using Gateway.Load.Scenarios.Fanout;
using Gateway.Load.Scenarios.Fleet;
using Gateway.Load.Scenarios.Floods;
using Gateway.Load.Scenarios.Idle;
using Gateway.Load.Scenarios.Join;
using Gateway.Load.Scenarios.Memory;
using Gateway.Load.Scenarios.Mixed;
using Gateway.Load.Scenarios.Parts;
using Gateway.Load.Scenarios.Policies;
using Gateway.Load.Scenarios.Pressure;
using Gateway.Load.Scenarios.Reconnect;
using Gateway.Load.Scenarios.Slow;
using Gateway.Load.Scenarios.Soak;
using Gateway.Load.Scenarios.Stop;

var root = new RootCommand("Puts load on a node and says what it cost. Exit code 0: every check holds; 1: one failed; 2: the load could not be put on.")
{
    EchoCommand.Create(),
    FanoutCommand.Create(),
    IdleCommand.Create(),
    MemoryCommand.Create(),
    ConnectCommand.Create(),
    ChurnCommand.Create(),
    SlowCommand.Create(),
    PoliciesCommand.Create(),
    FloodsCommand.Create(),
    PressureCommand.Create(),
    PartsCommand.Create(),
    PartAttackersCommand.Create(),
    ReconnectCommand.Create(),
    MixedCommand.Create(),
    SoakCommand.Create(),
    FleetCommand.Create(),
    FleetClientsCommand.Create(),
    StopCommand.Create(),
    DeployCommand.Create(),
    JoinCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
