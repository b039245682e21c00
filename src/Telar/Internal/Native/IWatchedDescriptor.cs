namespace Telar.Internal.Native;

/// <summary>Who is told by the <see cref="DescriptorWatcher"/>.</summary>
internal interface IWatchedDescriptor
{
    /// <summary>Something has happened. Called on the watcher's thread: must not wait, nor run code of others.</summary>
    /// <param name="events">EPOLL bits.</param>
    /// <returns>Whether it was of use; false when the same will be told again at once, and to no more avail.</returns>
    bool OnReady(uint events);
}
