using System.Runtime.CompilerServices;

namespace Telar.Threading;

/// <summary>The rest of every <see cref="IAsyncAcquirable.EnterAsync"/> that has to wait.</summary>
internal static class EnterScope
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<LockScope> WhenAsync(ValueTask<bool> acquired, IAcquirable held, TimeSpan? timeout) =>
        await acquired.ConfigureAwait(false) ? new LockScope(held) : throw Describe.NotInTime(held, timeout);
}
