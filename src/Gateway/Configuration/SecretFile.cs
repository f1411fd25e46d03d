namespace Gateway.Configuration;

/// <summary>
/// A secret in a file, as Kubernetes mounts it: read again when somebody asks and some seconds have passed, since a Secret's files change
/// beneath a running pod. What was read last stays in use while the file is missing or empty.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Gets one line each time the content changes, or cannot be read any more.</param>
internal sealed partial class SecretFile(string path, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private string? _text; // null: never read
    private long _readAt;
    private bool _isMissing;

    /// <summary>The content, without white space around it; empty: the file has never been there.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                if (_text is null || time.GetElapsedTime(_readAt) >= Interval)
                    Read();
                return _text ?? "";
            }
        }
    }

    private void Read()
    {
        _readAt = time.GetTimestamp();
        var (text, fault) = ReadFile();
        if (text.Length == 0)
        {
            if (!_isMissing)
                LogMissing(path, fault);
            _isMissing = true;
            return;
        }

        if (_text is not null && (_isMissing || text != _text))
            LogChanged(path);
        (_text, _isMissing) = (text, false);
    }

    private (string Text, string Fault) ReadFile()
    {
        try
        {
            return (File.ReadAllText(path).Trim(), "it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ("", e.Message);
        }
    }

    [LoggerMessage(3030, LogLevel.Information, "The secret in {Path} has changed; the new one is in use.")]
    private partial void LogChanged(string path);

    [LoggerMessage(3031, LogLevel.Error, "The secret in {Path} cannot be read: {Reason}. What was read before stays in use; put the file back.")]
    private partial void LogMissing(string path, string reason);
}
