using Telar.Threading.Threads;
using OsThread = System.Threading.Thread;

namespace Telar.Threading;

/// <summary>What <see cref="Thread"/> knows, on the runtime's own <see cref="System.Threading.Thread"/>.</summary>
/// <remarks>
/// <para>For files where <c>Thread</c> means the runtime's: <c>Thread.ActiveCount</c> and <c>Thread.Enumerate()</c> work there too.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class ThreadExtensions
{
    extension(OsThread thread)
    {
        /// <inheritdoc cref="Thread.ActiveCount"/>
        public static int ActiveCount => Thread.ActiveCount;

        /// <inheritdoc cref="Thread.Enumerate"/>
        public static IReadOnlyList<Thread> Enumerate() => Thread.Enumerate();

        /// <summary>The Telar thread that runs on it now.</summary>
        /// <value><see langword="null"/> when there is none: Telar did not start it, and no code on it has used <see cref="Thread.Current"/>.</value>
        public Thread? Telar
        {
            get
            {
                ArgumentNullException.ThrowIfNull(thread);
                return thread == OsThread.CurrentThread
                    ? Thread.CurrentOrNull
                    : ThreadRegistry.Snapshot().FirstOrDefault(other => other.Ident == thread.ManagedThreadId);
            }
        }

        /// <summary>The operating system's number of the thread.</summary>
        /// <value>
        /// <see langword="null"/> when it is not known: that of another thread is known only if <see cref="get_Telar"/> finds one.
        /// </value>
        public long? NativeId
        {
            get
            {
                ArgumentNullException.ThrowIfNull(thread);
                return thread == OsThread.CurrentThread && Thread.CurrentNativeId is var id and not 0 ? id : thread.Telar?.NativeId;
            }
        }
    }
}
