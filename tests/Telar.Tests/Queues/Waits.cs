using Telar.Queues.Waiting;
using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>Calls that block, on threads of their own, and when they have begun to wait.</summary>
internal static class Waits
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs a call that may block on a thread of its own.</summary>
    public static Task<T> Start<T>(Func<T> call) =>
        Task.Factory.StartNew(call, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc cref="Start{T}"/>
    public static Task Start(Action call) =>
        Task.Factory.StartNew(call, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Comes back when as many wait at the queue.</summary>
    public static async Task UntilWaitingAsync<T>(this IQueue<T> queue, int count)
    {
        ILocalQueue<T> local = (ILocalQueue<T>)queue;
        while (local.WaitingCount != count)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
