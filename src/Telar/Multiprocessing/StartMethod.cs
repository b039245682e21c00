namespace Telar.Multiprocessing;

/// <summary>How a worker process comes into being.</summary>
/// <remarks>
/// Python: <c>multiprocessing.set_start_method</c>, <c>get_all_start_methods</c>.
/// <b>Thread safety.</b> An enumeration.
/// </remarks>
public enum StartMethod
{
    /// <summary>
    /// A fresh process: the program's own command line is executed again and the library takes over before <c>Main</c>.
    /// The default. About 50 ms to the first instruction of the user's code.
    /// </summary>
    Spawn = 0,

    /// <summary>
    /// A process that was started and warmed up beforehand is taken from a small standby pool (see <see cref="ForkServer"/>);
    /// below 1 ms to the first instruction. While none is ready, or the environment or directory changed since,
    /// a fresh process is started as with <see cref="Spawn"/>.
    /// </summary>
    ForkServer = 1,

    /// <summary>
    /// Not offered: a copy made by <c>fork</c> has one thread, while the runtime's garbage collector, JIT compiler and thread
    /// pool need theirs. Using it throws <see cref="PlatformNotSupportedException"/>.
    /// </summary>
    Fork = 2,
}
