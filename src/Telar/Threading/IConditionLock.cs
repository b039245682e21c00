namespace Telar.Threading;

/// <summary>What a condition asks of a lock beyond <see cref="IAcquirable"/>, where it has an owner and a depth.</summary>
internal interface IConditionLock
{
    /// <summary>Whether the caller may release it.</summary>
    bool IsHeldByCaller { get; }

    /// <summary>Releases it however deep it is held.</summary>
    /// <returns>The depth, for <see cref="Restore"/>.</returns>
    int ReleaseAll();

    /// <summary>Waits for it, whatever happens, and holds it as deep as before.</summary>
    void Restore(int depth);
}
