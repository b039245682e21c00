namespace Telar.Internal.Native;

/// <summary>One thing that an <see cref="EpollSet"/> saw.</summary>
/// <param name="Events">What happened: the EPOLL bits.</param>
/// <param name="Key">What the descriptor was added under.</param>
internal readonly record struct EpollEvent(uint Events, ulong Key);
