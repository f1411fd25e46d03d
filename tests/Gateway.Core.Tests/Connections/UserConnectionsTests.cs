using Gateway.Core.Access;
using Gateway.Core.Connections;
using Gateway.Core.Tests.Fixtures;

namespace Gateway.Core.Tests.Connections;

/// <summary>The places of a user, as connections take them.</summary>
public sealed class UserConnectionsTests
{
    private const string Token = "Authorization: Bearer x\r\n";

    [Fact]
    public async Task Upgrades_OfTwoThreadsForOnePlace_OpenOne()
    {
        const int Rounds = 5000;
        var validator = new Together();
        using var harness = new ProtocolHarness(options => options.Limits.MaxConnectionsPerUser = 1, validator);
        var opened = new int[Rounds];
        await Task.WhenAll(Task.Run(Upgrade), Task.Run(Upgrade));

        Assert.All(opened, count => Assert.Equal(1, count));
        Assert.Equal(0, harness.Context.Users.Count);

        void Upgrade()
        {
            for (var round = 0; round < Rounds; round++)
            {
                var (connection, transport) = harness.Request("/", Token);
                if (connection.State == ConnectionState.Open)
                    Interlocked.Increment(ref opened[round]);
                validator.Meet(); // both have tried
                transport.Abort();
                validator.Meet(); // both have left
            }
        }
    }

    [Fact]
    public void Place_OfAConnectionThatTheNodeCloses_IsFreeWhileThePeerStillHoldsItsSocket()
    {
        using var harness = new ProtocolHarness(options => options.Limits.MaxConnectionsPerUser = 1, new OneUser());
        var (first, transport) = harness.Request("/", Token);
        Assert.Equal(ConnectionState.Closing, harness.Request("/", Token).Connection.State);

        first.Close(CloseReason.TokenExpired);
        Assert.Equal(ConnectionState.Open, harness.Request("/", Token).Connection.State);

        transport.Abort(); // gives nothing back a second time
        Assert.Equal(ConnectionState.Closing, harness.Request("/", Token).Connection.State);
    }

    [Fact]
    public void Place_OfAConnectionThatIsReset_IsFree()
    {
        using var harness = new ProtocolHarness(options => options.Limits.MaxConnectionsPerUser = 1, new OneUser());
        harness.Request("/", Token).Transport.Abort();

        Assert.Equal(0, harness.Context.Users.Count);
        Assert.Equal(ConnectionState.Open, harness.Request("/", Token).Connection.State);
    }

    private class OneUser : ITokenValidator
    {
        public TimeSpan ClockSkew => TimeSpan.Zero;

        public virtual ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken) =>
            new(new TokenVerdict(new ClientIdentity { Subject = "u1" }, ""));
    }

    /// <summary>Lets two threads go on with their verdicts in the same moment.</summary>
    private sealed class Together : OneUser
    {
        private int _arrived;

        public override ValueTask<TokenVerdict> ValidateAsync(string token, CancellationToken cancellationToken)
        {
            Meet();
            return base.ValidateAsync(token, cancellationToken);
        }

        public void Meet()
        {
            var arrived = Interlocked.Increment(ref _arrived);
            var all = arrived + (arrived & 1);
            var wait = default(SpinWait);
            while (Volatile.Read(ref _arrived) < all)
                wait.SpinOnce(sleep1Threshold: -1);
        }
    }
}
