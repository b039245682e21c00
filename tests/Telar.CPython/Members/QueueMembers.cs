using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

using Telar.Queues;

internal static class QueueMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("Queue_new", (int maxSize) => new HookedQueue(maxSize));
        members.New("LifoQueue_new", (int maxSize) => new LifoQueue<PyObject>(maxSize));
        members.New("PriorityQueue_new", (int maxSize) => new PriorityQueue<PyObject>(maxSize, LessThanComparer.Instance));
        members.New("SimpleQueue_new", () => new SimpleQueue<PyObject>());

        members.Add("Queue_put", (IQueue<PyObject> queue, PyObject item, TimeSpan? timeout) => queue.Put(item, timeout));
        members.Add("Queue_put_nowait", (IQueue<PyObject> queue, PyObject item) => queue.PutNoWait(item));
        members.Add("Queue_get", (IQueue<PyObject> queue, TimeSpan? timeout) => queue.Get(timeout));
        members.Add("Queue_get_nowait", (IQueue<PyObject> queue) => queue.GetNoWait());
        members.Add("Queue_qsize", (IQueue<PyObject> queue) => queue.Count);
        members.Add("Queue_empty", (IQueue<PyObject> queue) => queue.IsEmpty);
        members.Add("Queue_full", (IQueue<PyObject> queue) => queue.IsFull);
        members.Add("Queue_maxsize", (IQueue<PyObject> queue) => queue.MaxSize);
        members.Add("Queue_set_maxsize", (QueueBase<PyObject> queue, int maxSize) => { queue.MaxSize = maxSize; });
        members.Add("Queue_shutdown", (IQueue<PyObject> queue, bool immediate) => queue.Shutdown(immediate));
        members.Add("Queue_is_shutdown", (IQueue<PyObject> queue) => queue.IsShutDown);
        members.Add("Queue_task_done", (IJoinableQueue<PyObject> queue) => queue.TaskDone());
        members.Add("Queue_join", (IJoinableQueue<PyObject> queue) => { _ = queue.Join(); });
        members.Add("Queue_unfinished_tasks", (IJoinableQueue<PyObject> queue) => queue.UnfinishedCount);
        members.Add("Queue_base_put", (HookedQueue queue, PyObject item) => queue.BasePut(item));
        members.Add("Queue_base_get", (HookedQueue queue) => queue.BaseGet());
    }

    /// <summary>Asks Python's subclass, if there is one, where to store an item, as <c>queue.Queue</c> asks its own.</summary>
    private sealed class HookedQueue(int maxSize) : Queue<PyObject>(maxSize)
    {
        public void BasePut(PyObject item) => base.PutCore(item);

        public PyObject BaseGet() => base.GetCore();

        protected override void PutCore(PyObject item)
        {
            using (Gil.Ensure())
            {
                Handles.Wrapper(this).CallMethod("_put", item);
            }
        }

        protected override PyObject GetCore()
        {
            using (Gil.Ensure())
            {
                return Handles.Wrapper(this).CallMethod("_get");
            }
        }
    }

    /// <summary>An order that knows nothing but Python's <c>&lt;</c>.</summary>
    private sealed class LessThanComparer : IComparer<PyObject>
    {
        public static readonly LessThanComparer Instance = new();

        public int Compare(PyObject? x, PyObject? y) => x!.IsLessThan(y!) ? -1 : y!.IsLessThan(x) ? 1 : 0; // the queue has no null
    }
}
