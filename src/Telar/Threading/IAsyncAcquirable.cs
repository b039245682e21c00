namespace Telar.Threading;

/// <summary>An <see cref="IAcquirable"/> that can be waited for without a thread.</summary>
/// <remarks>
/// <para>
/// Only what no thread owns can be: after an <see langword="await"/> the code goes on on any thread, so a re-entrant lock, which its
/// thread owns, is not one of these.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public interface IAsyncAcquirable : IAcquirable
{
    /// <inheritdoc cref="IAcquirable.Acquire"/>
    ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="IAcquirable.Enter"/>
    ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
}
