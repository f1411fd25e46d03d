using System.Collections.Concurrent;

namespace Gateway.Core.Buffers;

/// <summary>
/// Pinned blocks of one size for bytes that wait in a pending send. They come from the pinned heap, so that the collector neither
/// moves nor fragments anything around them, and go back to it never: the pool keeps what the node's worst moment needed, up to a bound.
/// </summary>
internal sealed class BlockPool(int blockBytes, int maxRetained, MemoryAccount? account = null)
{
    private readonly ConcurrentQueue<Block> _free = new();
    private int _retained;
    private long _rented;

    /// <summary>Bytes in every block.</summary>
    public int BlockBytes { get; } = blockBytes;

    /// <summary>Blocks rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public Block Rent()
    {
        Interlocked.Increment(ref _rented);
        account?.Add(BlockBytes);
        if (!_free.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref _retained);
        block.MarkRented();
        return block;
    }

    private void Return(Block block)
    {
        Interlocked.Decrement(ref _rented);
        account?.Add(-BlockBytes);
        if (Interlocked.Increment(ref _retained) <= maxRetained)
            _free.Enqueue(block);
        else
            Interlocked.Decrement(ref _retained);
    }

    /// <summary>One rented block. <see cref="Return"/> exactly once.</summary>
    internal sealed class Block(BlockPool pool)
    {
        private int _isRented = 1;

        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(pool.BlockBytes, pinned: true);

        public void MarkRented() => _isRented = 1;

        public void Return()
        {
            // A block returned twice would serve two connections at once: the worst fault a pool can have.
            if (Interlocked.Exchange(ref _isRented, 0) == 0)
                throw new InvalidOperationException("A block was returned twice.");
            pool.Return(this);
        }
    }
}
