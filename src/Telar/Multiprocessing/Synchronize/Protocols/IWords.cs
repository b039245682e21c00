using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>The words of one primitive as a process sees them: everything that the protocols know of the world.</summary>
/// <remarks>
/// In a program this is <see cref="SharedWords"/>, memory and futex; in the simulator an array and a scheduler that may end a process
/// before any of these calls. <b>Thread safety.</b> All members may be used by any number of threads and processes at once.
/// </remarks>
internal interface IWords
{
    /// <summary>What this process writes into a word that it owns.</summary>
    int Self { get; }

    /// <summary>Reads a word; what was written before it was written is seen afterwards.</summary>
    int Read(int index);

    /// <summary>Writes a word, with a full fence.</summary>
    void Write(int index, int value);

    /// <summary>Writes a word if it is as expected, with a full fence.</summary>
    /// <returns>What it was.</returns>
    int CompareExchange(int index, int value, int expected);

    /// <summary>Adds to a word, with a full fence.</summary>
    /// <returns>What it is now.</returns>
    int Add(int index, int change);

    /// <summary>Wakes up to <paramref name="count"/> of those who sleep at a word.</summary>
    void Wake(int index, int count);

    /// <summary>Whether the process that wrote its <see cref="Self"/> still has these words.</summary>
    bool IsAlive(int owner);

    /// <summary>The process id behind an owner, or 0 when it is not known any more.</summary>
    int ProcessIdOf(int owner);

    /// <summary>Finds a process that had these words and ended without leaving them, killed or crashed, and forgets it.</summary>
    /// <returns>Its process id, or 0.</returns>
    int TakeCrashed();

    /// <summary>Runs a wait to its end.</summary>
    /// <typeparam name="TWait">The kind of wait.</typeparam>
    /// <param name="wait">The wait.</param>
    /// <param name="blocks">Whether the calling thread waits; the task is complete then.</param>
    /// <param name="deadline">When it gives up.</param>
    /// <param name="cancellationToken">Makes it give up.</param>
    /// <returns>Granted, TimedOut or Cancelled.</returns>
    ValueTask<WaitOutcome> WaitAsync<TWait>(TWait wait, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
        where TWait : IWordWait;
}
