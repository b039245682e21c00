using Telar.CPython.Hosting;
using Telar.Threading;

namespace Telar.CPython.Members;

using Lock = Telar.Threading.Lock;
using Semaphore = Telar.Threading.Semaphore;

internal static class LockMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("Lock_new", () => new Lock());
        members.New("RLock_new", () => new RLock());
        members.New("Semaphore_new", (int value) => new Semaphore(value));
        members.New("BoundedSemaphore_new", (int value) => new BoundedSemaphore(value));
        members.New("Event_new", () => new Event());

        members.Add("acquire", (IAcquirable held, TimeSpan? timeout) => held.Acquire(timeout));
        members.Add("release", (IAcquirable held) => held.Release());
        members.Add("locked", (IAcquirable held) => held.IsLocked);

        members.Add("RLock_is_owned", (RLock held) => held.IsHeldByCurrentThread);
        members.Add("RLock_recursion_count", (RLock held) => held.RecursionCount);
        members.Add("RLock_release_save", (IConditionLock held) => held.IsHeldByCaller
            ? held.ReleaseAll()
            : throw new SynchronizationLockException("The lock is not held by this thread, so there is nothing to save."));
        members.Add("RLock_acquire_restore", (IConditionLock held, int depth) => held.Restore(depth, hasCore: false));

        members.Add("Semaphore_release", (Semaphore semaphore, int count) => semaphore.Release(count));
        members.Add("Semaphore_value", (Semaphore semaphore) => semaphore.Value);
        members.Add("BoundedSemaphore_release", (BoundedSemaphore semaphore, int count) => semaphore.Release(count));
        members.Add("BoundedSemaphore_value", (BoundedSemaphore semaphore) => semaphore.Value);
        members.Add("BoundedSemaphore_initial_value", (BoundedSemaphore semaphore) => semaphore.InitialValue);

        members.Add("Event_set", (IEvent flag) => flag.Set());
        members.Add("Event_clear", (IEvent flag) => flag.Clear());
        members.Add("Event_is_set", (IEvent flag) => flag.IsSet);
        members.Add("Event_wait", (IEvent flag, TimeSpan? timeout) => flag.Wait(timeout));
    }
}
