using Telar.CPython.Hosting;
using Telar.Threading;

namespace Telar.CPython.Members;

using Barrier = Telar.Threading.Barrier;

internal static class CoordinationMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("Condition_new", (IAcquirable held) => new Condition(held));
        members.Add("Condition_wait", (Condition condition, TimeSpan? timeout) => condition.Wait(timeout));
        members.Add("Condition_wait_for", (Condition condition, PyObject predicate, TimeSpan? timeout) =>
            condition.WaitFor(() => predicate.Call().IsTrue(), timeout));
        members.Add("Condition_notify", (Condition condition, int count) => condition.Notify(count));
        members.Add("Condition_notify_all", (Condition condition) => condition.NotifyAll());

        members.New("Barrier_new", (int parties, PyObject action, TimeSpan? timeout) =>
            new Barrier(parties, action.IsNone ? null : () => action.Call(), timeout));
        members.Add("Barrier_wait", (IBarrier barrier, TimeSpan? timeout) => barrier.Wait(timeout));
        members.Add("Barrier_reset", (IBarrier barrier) => barrier.Reset());
        members.Add("Barrier_abort", (IBarrier barrier) => barrier.Abort());
        members.Add("Barrier_parties", (IBarrier barrier) => barrier.Parties);
        members.Add("Barrier_n_waiting", (IBarrier barrier) => barrier.WaitingCount);
        members.Add("Barrier_broken", (IBarrier barrier) => barrier.IsBroken);
    }
}
