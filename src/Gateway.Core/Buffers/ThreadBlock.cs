namespace Gateway.Core.Buffers;

/// <summary>
/// A thread's own pinned scratch memory: what is received and what is corked never outlives the call, so that one block a thread
/// serves every connection and an idle connection owns none.
/// </summary>
internal static class ThreadBlock
{
    /// <summary>Most bytes taken from a socket by one receive.</summary>
    public const int ReceiveBytes = 32 * 1024;

    /// <summary>Most bytes of an earlier receive that can stand in front of the next one: a whole HTTP request fits.</summary>
    public const int SpillBytes = 32 * 1024;

    /// <summary>
    /// Bytes copied together for one send. Below half of the default send buffer, so that an idle socket takes a whole cork at once.
    /// </summary>
    public const int CorkBytes = 32 * 1024;

    [ThreadStatic]
    private static byte[]? t_receive;

    [ThreadStatic]
    private static byte[]? t_cork;

    public static Span<byte> Receive => t_receive ??= GC.AllocateUninitializedArray<byte>(SpillBytes + ReceiveBytes, pinned: true);

    public static Span<byte> Cork => t_cork ??= GC.AllocateUninitializedArray<byte>(CorkBytes, pinned: true);
}
