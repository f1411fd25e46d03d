using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Load.Client;

/// <summary>What a descriptor is ready for: <c>EPOLLIN</c>, <c>EPOLLOUT</c>, <c>EPOLLERR</c>, <c>EPOLLHUP</c>.</summary>
[Flags]
internal enum Readiness
{
    None = 0,
    In = 1,
    Out = 4,
    Error = 8,
    HangUp = 16,
}

/// <summary>One <c>epoll</c>, level-triggered.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int MaxEvents = 1024;
    private const int CloseOnExec = 0x80000;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int ModifyOperation = 3;

    // struct epoll_event is packed on x86 and naturally aligned elsewhere (epoll_ctl(2)).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(ulong);

    private readonly int _epoll = Libc.EpollCreate(CloseOnExec);
    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(MaxEvents * EventSize));

    public void Add(int fd, ulong token, Readiness wanted) => Control(AddOperation, fd, token, wanted);

    public void Modify(int fd, ulong token, Readiness wanted) => Control(ModifyOperation, fd, token, wanted);

    public void Remove(int fd) => Control(RemoveOperation, fd, 0, Readiness.None);

    /// <summary>Waits for something to be ready, and returns how much is. Not in whole milliseconds: an open loop's times are finer.</summary>
    public int Wait(TimeSpan atMost)
    {
        var time = new Libc.TimeSpec { Seconds = atMost.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = atMost.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        return Math.Max(0, Libc.EpollWait(_epoll, _events, MaxEvents, in time, 0));
    }

    public (ulong Token, Readiness Ready) this[int index]
    {
        get
        {
            var at = _events + (index * EventSize);
            return (Unsafe.ReadUnaligned<ulong>(at + DataOffset), (Readiness)Unsafe.ReadUnaligned<int>(at));
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private void Control(int operation, int fd, ulong token, Readiness wanted)
    {
        var pollEvent = stackalloc byte[16];
        Unsafe.WriteUnaligned(pollEvent, (int)wanted);
        Unsafe.WriteUnaligned(pollEvent + DataOffset, token);
        if (Libc.EpollControl(_epoll, operation, fd, pollEvent) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
