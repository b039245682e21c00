using Telar.Tests.Queues.Storage;
using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class QueueTests : JoinableQueueContract
{
    protected override int[] OrderOf213 => [2, 1, 3];

    protected override QueueBase<int> NewJoinable(int maxSize) => new Queue<int>(maxSize);

    [Fact(Timeout = 120_000)]
    public void Factories_MakeWhatTheySay()
    {
        using Queue<int> fifo = Queue.Fifo<int>(3);
        using LifoQueue<int> lifo = Queue.Lifo<int>(4);
        using PriorityQueue<int> priority = Queue.Priority(5, Comparer<int>.Create((a, b) => b - a), isStable: true);
        using SimpleQueue<int> simple = Queue.Simple<int>();

        Assert.Equal((3, 4, 5, 0), (fifo.MaxSize, lifo.MaxSize, priority.MaxSize, simple.MaxSize));
        Assert.True(priority.IsStable);
        Assert.True(priority.Comparer.Compare(1, 2) > 0);
    }

    [Fact(Timeout = 120_000)]
    public void Messages_NameTheQueue()
    {
        using Queue<string> queue = new() { Name = "jobs" };
        queue.PutNoWait("one");
        Assert.Equal("Queue<String> 'jobs' (1 item)", queue.ToString());
        queue.Dispose();
        Assert.Equal(
            "Put was refused: Queue<String> 'jobs' (0 items, shut down) takes nothing more. The item was not put.",
            Assert.Throws<QueueShutDownException>(() => queue.PutNoWait("two")).Message);
    }

    [Fact(Timeout = 120_000)]
    public void ADebugger_SeesItemsAndStateAlsoOfASimpleQueue()
    {
        using Queue<int> queue = new(9);
        using SimpleQueue<int> simple = new();
        queue.PutNoWait(3);
        simple.PutNoWait(4);
        QueueDebugView<int> view = new(queue);
        QueueDebugView<int> simpleView = new(simple);

        Assert.Equal((9, false, 1L), (view.MaxSize, view.IsShutDown, view.UnfinishedCount));
        Assert.Equal([3], view.Items);
        Assert.Equal([4], simpleView.Items);
        Assert.Null(simpleView.UnfinishedCount);
    }

    [Fact(Timeout = 120_000)]
    public void AnItemThatWasGot_IsNotKeptAlive()
    {
        using Queue<object> queue = new();
        WeakReference got = PutAndGet(queue);
        GC.Collect();
        Assert.False(got.IsAlive);

        static WeakReference PutAndGet(Queue<object> queue)
        {
            queue.PutNoWait(new object());
            return new WeakReference(queue.GetNoWait());
        }
    }

    [Fact(Timeout = 120_000)]
    public void Ring_DoesWhatAListDoes() => RingModel.Check();
}
