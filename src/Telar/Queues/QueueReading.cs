using System.Runtime.CompilerServices;

namespace Telar.Queues;

/// <summary>Reading a queue to its end, the same way for all queues.</summary>
internal static class QueueReading
{
    public static IEnumerable<T> All<T>(IQueue<T> queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            T item;
            try
            {
                item = queue.Get(cancellationToken: cancellationToken);
            }
            catch (QueueShutDownException)
            {
                yield break;
            }

            yield return item;
        }
    }

    public static async IAsyncEnumerable<T> AllAsync<T>(IQueue<T> queue, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            T item;
            try
            {
                item = await queue.GetAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (QueueShutDownException)
            {
                yield break;
            }

            yield return item;
        }
    }
}
