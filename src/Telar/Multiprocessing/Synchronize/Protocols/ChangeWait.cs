namespace Telar.Multiprocessing.Synchronize;

/// <summary>Waits until a word is not what it was, or it is time to look for the dead, which the caller does.</summary>
/// <param name="words">The words.</param>
/// <param name="index">Which word.</param>
/// <param name="seen">What it was.</param>
internal struct ChangeWait<TWords>(TWords words, int index, int seen) : IWordWait
    where TWords : IWords
{
    private bool _hasSlept;

    /// <inheritdoc/>
    public bool TryFinish(bool looksForDead, out SleepPoint sleep)
    {
        sleep = new SleepPoint(index, seen);
        bool isTimeToLook = looksForDead && _hasSlept;
        _hasSlept = true;
        return isTimeToLook || words.Read(index) != seen;
    }

    /// <inheritdoc/>
    public readonly void GiveUp()
    {
    }
}
