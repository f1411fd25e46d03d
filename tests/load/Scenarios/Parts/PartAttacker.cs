using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Load.Hostile;
using Gateway.Load.Streams;

namespace Gateway.Load.Scenarios.Parts;

/// <summary>
/// One connection of an attacker, from its beginning to the node's last word: it sends a part, at once or a piece at a time, and stays. It
/// answers no ping and no close frame: a node that waits for that waits for nothing.
/// </summary>
internal sealed class PartAttacker(PartKind kind, int number, PartSettings settings, PartCount count)
{
    private const int SlowBuffer = 16 * 1024; // of a slow reader's socket
    private const int ReadBytes = 4096;

    // What an attacker cannot send yet waits in its own kernel, which here is the node's as well, and has one measure of TCP's memory for all: above
    // it the segments of everybody are thrown away, the honest ones' too. 13,000 attackers would bring a gigabyte of it with them.
    private const int SendBuffer = 16 * 1024;

    /// <summary>Between two pieces, or two reads.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it takes its time; every second of a kind does. What follows a record without end would be its end.</summary>
    private bool IsSlow => number / settings.Kinds.Count % 2 == 1 && !kind.WithholdsRecord;

    public async Task LiveAsync(CancellationToken cancellation)
    {
        var target = kind.Door == Door.Proxy ? settings.Proxy! : settings.Target;
        using var socket = await ConnectAsync(target, cancellation);
        if (socket is null)
            return;
        socket.SendBufferSize = SendBuffer;
        count.Connect();
        var ending = new ServerEnding(kind.Request is not null);
        try
        {
            var (opened, withheld) = await OpenAsync(socket, cancellation);
            await using var stream = opened;
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var reading = ReadAsync(stream, ending, gone.Token);
            var sending = SendAsync(stream, withheld, gone.Token);
            try
            {
                await reading;
            }
            finally
            {
                await gone.CancelAsync();
                await sending;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut: counted below.
        }
        finally
        {
            count.Disconnect();
        }

        if (!cancellation.IsCancellationRequested)
            count.End(ending.Code == 0 ? "cut" : ending.Code.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<Socket?> ConnectAsync(IPEndPoint target, CancellationToken cancellation)
    {
        try
        {
            return await StreamSocket.ConnectAsync(target, settings.SourceOf(kind, number), kind.ReadsSlowly ? SlowBuffer : 0, cancellation);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null; // the node's backlog is full, or it is gone
        }
    }

    /// <summary>With TLS, also what lies between that and the socket.</summary>
    private async Task<(Stream Stream, WithheldStream? Withheld)> OpenAsync(Socket socket, CancellationToken cancellation)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (!settings.IsTls || kind.Door != Door.Client)
            return (stream, null);
        var withheld = new WithheldStream(stream);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        return (await StreamSocket.SecureAsync(withheld, canResume: true, patience.Token), withheld);
    }

    /// <summary>Until the node has ended it.</summary>
    private async Task ReadAsync(Stream stream, ServerEnding ending, CancellationToken cancellation)
    {
        var room = new byte[ReadBytes];
        int received;
        while ((received = await stream.ReadAsync(room, cancellation)) > 0)
        {
            ending.Take(room.AsSpan(0, received));
            if (ending.IsOpen)
                _isOpen.TrySetResult();
            if (kind.ReadsSlowly)
                await Task.Delay(Pause, cancellation);
        }
    }

    private async Task SendAsync(Stream stream, WithheldStream? withheld, CancellationToken cancellation)
    {
        try
        {
            if (kind.Request is not null)
            {
                await stream.WriteAsync(kind.Request(number), cancellation);
                await _isOpen.Task.WaitAsync(cancellation);
            }

            if (withheld is not null)
                withheld.Withholds = kind.WithholdsRecord;
            var step = IsSlow ? Math.Max(1, kind.Part.Length / settings.Pieces) : kind.Part.Length;
            for (var sent = 0; sent < kind.Part.Length; sent += step)
            {
                var piece = kind.Part.AsMemory(sent, Math.Min(step, kind.Part.Length - sent));
                await stream.WriteAsync(piece, cancellation);
                count.Send(piece.Length);
                if (IsSlow)
                    await Task.Delay(Pause, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Whoever reads sees it too.
        }
    }
}
