using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Transport.Epoll;

/// <summary>
/// A thread that waits for the kernel's events and passes each to its handler, inline. A descriptor is added once, edge-triggered, and
/// never changed: neither a wait nor a send costs a system call of its own.
/// </summary>
internal sealed unsafe class EpollEngine : IDisposable
{
    private const int Add = 1; // EPOLL_CTL_ADD
    private const int Delete = 2; // EPOLL_CTL_DEL
    private const int MaxEvents = 512; // a wait; more come with the next
    private const int Crowd = 128; // events of one wait
    private const EpollEvents Ends = EpollEvents.PeerEnded | EpollEvents.Error | EpollEvents.HangUp;
    private static readonly long WaitingTicks = Stopwatch.Frequency / 2000; // of a round, for those of a crowd who may wait: half a millisecond

    // struct epoll_event is packed on x86-64 only: 32 bits of events, then 64 of data.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    [ThreadStatic]
    private static EpollEngine? t_crowded; // whose thread this is, while a crowd waits for it

    private readonly int _epoll;
    private readonly int _wake;
    private readonly Lock _growing = new();

    // By descriptor: the kernel gives the lowest free one, so the table is as long as there are sockets.
    private IEpollHandler?[] _handlers = new IEpollHandler?[1024];
    private readonly Action<Exception> _fault;
    private readonly Queue<ulong> _waiting = new(); // those that are told later, as the kernel has them; the thread's own
    private uint _generation;
    private volatile bool _stopped;

    /// <exception cref="ListenException">With a message for the operator: the process is out of descriptors, or epoll is forbidden.</exception>
    /// <param name="name">The thread's.</param>
    /// <param name="fault">Told of what no handler has caught; does not throw.</param>
    public EpollEngine(string name, Action<Exception> fault)
    {
        _fault = fault;
        _epoll = Check(Libc.EpollCreate(Libc.CloseOnExec));
        _wake = Check(Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking));
        Check(Control(Add, _wake, EpollEvents.Readable, 0));
        new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
    }

    /// <summary>Whether the caller is an engine's thread for which a crowd waits.</summary>
    public static bool IsThreadCrowded => t_crowded is not null;

    /// <summary>From now on the handler is told of its descriptor's events.</summary>
    public bool TryRegister(int fd, IEpollHandler handler, EpollEvents events)
    {
        handler.Generation = Interlocked.Increment(ref _generation);
        lock (_growing)
        {
            if (fd >= _handlers.Length)
            {
                var larger = new IEpollHandler?[Math.Max(fd + 1, _handlers.Length * 2)];
                _handlers.CopyTo(larger, 0);
                Volatile.Write(ref _handlers, larger);
            }

            _handlers[fd] = handler;
        }

        return Control(Add, fd, events, handler.Generation) == 0;
    }

    /// <summary>The handler hears nothing more, but for an event that is on its way to it.</summary>
    public void Forget(int fd)
    {
        lock (_growing)
            _handlers[fd] = null;
    }

    /// <summary>The same of a descriptor that stays open.</summary>
    public void Unregister(int fd)
    {
        Forget(fd);
        _ = Control(Delete, fd, EpollEvents.None, 0);
    }

    /// <summary>Tells it once more, when others have had their turn. False: nobody waits, or this is not the engine's thread.</summary>
    public bool TryPutOff(int fd, IEpollHandler handler)
    {
        return t_crowded == this && TryPutOff(handler, Key(fd, handler.Generation), EpollEvents.Readable);
    }

    public void Dispose()
    {
        if (_stopped)
            return;
        // In this order: the thread closes the descriptor when it sees that it is stopped, and is told of this event until then.
        _ = Libc.EventFdWrite(_wake, 1);
        _stopped = true;
    }

    private static int Check(int result)
    {
        if (result >= 0)
            return result;
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        throw new ListenException(
            $"Cannot use epoll: {cause.Message}. Raise the process's descriptor limit, or set Gateway:Transport:Backend to 'sockets'.", cause);
    }

    private void Run()
    {
        var events = stackalloc byte[MaxEvents * EventSize];
        while (!_stopped)
        {
            var count = Libc.EpollWait(_epoll, events, MaxEvents, _waiting.Count > 0 ? 0 : -1);
            var isCrowded = count >= Crowd || _waiting.Count > 0;
            t_crowded = isCrowded ? this : null;
            DispatchAll(events, count, isCrowded);
            DispatchWaiting();
        }

        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wake);
    }

    /// <summary>Each to its handler: what one of them throws is not the others' end, nor the thread's.</summary>
    private void DispatchAll(byte* events, int count, bool isCrowded)
    {
        for (var i = 0; i < count;)
        {
            try
            {
                while (i < count)
                    Dispatch(events + (i++ * EventSize), isCrowded);
            }
#pragma warning disable CA1031 // The last place where a fault can be kept from ending the process.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _fault(e);
            }
        }
    }

    private void Dispatch(byte* pollEvent, bool isCrowded)
    {
        var data = Unsafe.ReadUnaligned<ulong>(pollEvent + DataOffset);
        var events = (EpollEvents)Unsafe.ReadUnaligned<uint>(pollEvent);
        if (Find(data) is not { } handler)
            return;
        var later = events & ~EpollEvents.Writable;
        if (isCrowded && later != 0 && ((events & Ends) != 0 || handler.MayWait) && TryPutOff(handler, data, later))
            events &= EpollEvents.Writable;

        handler.OnEvents(events);
    }

    /// <summary>
    /// Some of those who are in the middle of something, or have ended. However many they are, and whatever they send, the others wait for no
    /// more of them than these.
    /// </summary>
    private void DispatchWaiting()
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - start < WaitingTicks && _waiting.TryDequeue(out var data);)
        {
            try
            {
                if (Find(data) is { } handler)
                {
                    var events = handler.Waiting;
                    handler.Waiting = EpollEvents.None;
                    handler.OnEvents(events);
                }
            }
#pragma warning disable CA1031 // as above
            catch (Exception e)
#pragma warning restore CA1031
            {
                _fault(e);
            }
        }
    }

    /// <summary>False: there is no memory for a longer line. An event is told once only, and so must not be lost here.</summary>
    private bool TryPutOff(IEpollHandler handler, ulong key, EpollEvents events)
    {
        try
        {
            if (handler.Waiting == EpollEvents.None)
                _waiting.Enqueue(key);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        handler.Waiting |= events;
        return true;
    }

    private static ulong Key(int fd, uint generation) => (uint)fd | ((ulong)generation << 32);

    /// <summary>Null: the event is of a socket that was closed since, and perhaps of another that has its descriptor now.</summary>
    private IEpollHandler? Find(ulong data)
    {
        var fd = (uint)data;
        var handlers = Volatile.Read(ref _handlers);
        return fd < (uint)handlers.Length && Volatile.Read(ref handlers[fd]) is { } handler && handler.Generation == (uint)(data >> 32) ? handler : null;
    }

    private int Control(int operation, int fd, EpollEvents events, uint generation)
    {
        var pollEvent = stackalloc byte[16];
        Unsafe.WriteUnaligned(pollEvent, (uint)events);
        Unsafe.WriteUnaligned(pollEvent + DataOffset, Key(fd, generation));
        return Libc.EpollControl(_epoll, operation, fd, pollEvent);
    }
}
