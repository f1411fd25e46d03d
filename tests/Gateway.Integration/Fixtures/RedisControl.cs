using System.Net;
using System.Net.Sockets;

namespace Gateway.Integration.Fixtures;

/// <summary>A few commands to a test's Redis, outside the library under test.</summary>
public sealed class RedisControl : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private RedisControl(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream());
        _writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
    }

    public static async Task<RedisControl> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new RedisControl(client);
    }

    /// <summary>The same, signed in.</summary>
    public static async Task<RedisControl> ConnectAsync(int port, string password)
    {
        var control = await ConnectAsync(port);
        await control.SendAsync("AUTH " + password);
        return control;
    }

    /// <summary>Sends an inline command; the result is the answer's first line.</summary>
    public async Task<string> SendAsync(string command)
    {
        var answer = await AskAsync(command);
        Assert.False(answer.StartsWith('-'), answer);
        return answer;
    }

    /// <summary>The same, be the answer an error.</summary>
    public async Task<string> AskAsync(string command)
    {
        await _writer.WriteLineAsync(command);
        return await _reader.ReadLineAsync() ?? throw new IOException("Redis closed the connection.");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _client.Dispose();
    }
}
