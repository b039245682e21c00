namespace Telar.Multiprocessing.Synchronize;

/// <summary>The lock of a condition, as a wait lets go of it and takes it back.</summary>
internal interface IHeldLock
{
    /// <summary>Whether the caller may release it.</summary>
    bool IsHeldByCaller { get; }

    /// <summary>Releases it however deep it is held.</summary>
    /// <returns>The depth, for <see cref="RestoreAsync"/>.</returns>
    int ReleaseAll();

    /// <summary>Takes it back, as deep as before, however long that takes.</summary>
    /// <param name="depth">What <see cref="ReleaseAll"/> returned.</param>
    /// <param name="blocks">Whether the calling thread waits; the task is complete then.</param>
    ValueTask RestoreAsync(int depth, bool blocks);
}
