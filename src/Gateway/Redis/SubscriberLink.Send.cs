using System.Buffers;

namespace Gateway.Redis;

/// <summary>The writer: commands that wait together leave together.</summary>
internal sealed partial class SubscriberLink
{
    /// <summary>Commands are collected up to so many bytes, then written: a thousand subscriptions.</summary>
    private const int WriteBytes = 64 * 1024;

    private async Task SendAsync()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        try
        {
            while (await _waiting.Reader.WaitToReadAsync())
            {
                while (output.WrittenCount < WriteBytes && _waiting.Reader.TryRead(out var command))
                {
                    // In the queue before its bytes leave: the answer may overtake what follows here.
                    _unanswered.Enqueue(command);
                    command.Write(output);
                }

                await _stream.WriteAsync(output.WrittenMemory);
                await LeaveSocketThread();
                output.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Abort("writing failed: " + e.Message);
        }
    }
}
