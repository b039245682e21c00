namespace Telar.Tests.Queues;

using Telar.Queues;

public class LifoQueueTests : JoinableQueueContract
{
    protected override int[] OrderOf213 => [3, 1, 2];

    protected override QueueBase<int> NewJoinable(int maxSize) => new LifoQueue<int>(maxSize);
}
