namespace Gateway.Core.Buffers;

/// <summary>
/// Pinned blocks of one size for bytes that wait in a pending send. They come from the pinned heap, so that the collector neither
/// moves nor fragments anything around them.
/// </summary>
internal sealed class BlockPool(int blockBytes, int maxRetained, MemoryAccount? account = null) : IKeepsMemory
{
    private readonly FreeList<Block> _free = new(maxRetained, blockBytes);
    private long _rented;

    /// <summary>Bytes in every block.</summary>
    public int BlockBytes { get; } = blockBytes;

    /// <summary>Blocks rented and not returned.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    public long KeptBytes => _free.KeptBytes;

    public Block Rent()
    {
        if (_free.TryTake(out var block))
            block.MarkRented();
        else
            block = new Block(this); // first: it may fail, and what is not there is not counted
        Interlocked.Increment(ref _rented);
        account?.Add(BlockBytes);
        return block;
    }

    public void Trim() => _free.Trim();

    public void TrimIdle() => _free.TrimIdle();

    private void Return(Block block)
    {
        Interlocked.Decrement(ref _rented);
        account?.Add(-BlockBytes);
        _free.Keep(block);
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
