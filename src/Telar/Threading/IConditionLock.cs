namespace Telar.Threading;

/// <summary>What a condition asks of a lock of this library beyond <see cref="IAcquirable"/>.</summary>
internal interface IConditionLock
{
    /// <summary>The lock in whose queue a notified waiter waits for it.</summary>
    Lock Core { get; }

    /// <summary>Whether the caller may release it.</summary>
    bool IsHeldByCaller { get; }

    /// <summary>Releases it however deep it is held.</summary>
    /// <returns>The depth, for <see cref="Restore"/>.</returns>
    /// <exception cref="SynchronizationLockException">It is not held.</exception>
    int ReleaseAll();

    /// <summary>Holds it as deep as before.</summary>
    /// <param name="depth">What <see cref="ReleaseAll"/> returned.</param>
    /// <param name="hasCore">Whether the caller has <see cref="Core"/> already. If not, it waits for it, whatever happens.</param>
    void Restore(int depth, bool hasCore);
}
