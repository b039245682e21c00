namespace Telar.Multiprocessing.Synchronize;

/// <summary>A wait at words, in steps that never block: whoever drives it tries, sleeps at the word it is told, and tries again.</summary>
/// <remarks><b>Thread safety.</b> One driver at a time.</remarks>
internal interface IWordWait
{
    /// <summary>Tries to end the wait.</summary>
    /// <param name="looksForDead">
    /// Whether to ask the system if those it waits for are alive: at first, and after each sleep that nobody ended.
    /// </param>
    /// <param name="sleep">Where to sleep when it has not ended.</param>
    /// <returns>Whether it has ended: what was waited for is the caller's.</returns>
    bool TryFinish(bool looksForDead, out SleepPoint sleep);

    /// <summary>
    /// Leaves without having got anything. Called right after <see cref="TryFinish"/> has said no: a wake-up that this waiter took was for
    /// something that it has just tried to get, so that none is lost with it.
    /// </summary>
    void GiveUp();
}
