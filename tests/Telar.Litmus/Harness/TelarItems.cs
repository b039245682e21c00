using Telar.Queues;

namespace Telar.Litmus.Harness;

/// <summary>A queue of Telar.</summary>
/// <remarks><b>Thread safety.</b> As the queue's.</remarks>
internal sealed class TelarItems(IQueue<int> queue) : IItems
{
    public void Put(int item) => queue.Put(item);

    public bool TryGet(out int item) => queue.TryGet(out item);

    public bool Get(TimeSpan patience, out int item)
    {
        try
        {
            item = queue.Get(patience);
            return true;
        }
        catch (QueueEmptyException)
        {
            item = -1;
            return false;
        }
    }
}
