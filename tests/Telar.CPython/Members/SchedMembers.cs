using Telar.CPython.Hosting;
using Telar.Sched;

namespace Telar.CPython.Members;

internal static class SchedMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("scheduler_new", (PyObject timeFunc, PyObject delayFunc) => new Scheduler<double>(
            () => timeFunc.Call().ToDouble(), delay => delayFunc.Call(PyObject.Of(delay))));
        members.Add("scheduler_enterabs", (Scheduler<double> scheduler, double time, int priority, PyObject action, PyObject arguments, PyObject keywords) =>
            scheduler.EnterAbs(time, priority, new PythonCall(action, arguments, keywords).Invoke));
        members.Add("scheduler_enter", (Scheduler<double> scheduler, double delay, int priority, PyObject action, PyObject arguments, PyObject keywords) =>
            scheduler.Enter(delay, priority, new PythonCall(action, arguments, keywords).Invoke));
        members.Add("scheduler_cancel", (Scheduler<double> scheduler, ScheduledEvent<double> entered) => scheduler.CancelOrThrow(entered));
        members.Add("scheduler_empty", (Scheduler<double> scheduler) => scheduler.IsEmpty);
        members.Add("scheduler_run", (Scheduler<double> scheduler, bool blocking) => scheduler.Run(blocking));
        members.Add("scheduler_queue", (Scheduler<double> scheduler) => scheduler.Queue.ToArray<object>());

        members.Add("Event_time", (ScheduledEvent<double> entered) => entered.Time);
        members.Add("Event_priority", (ScheduledEvent<double> entered) => entered.Priority);
        members.Add("Event_sequence", (ScheduledEvent<double> entered) => entered.Sequence);
        members.Add("Event_action", (ScheduledEvent<double> entered) => Call(entered).Function);
        members.Add("Event_argument", (ScheduledEvent<double> entered) => Call(entered).Arguments);
        members.Add("Event_kwargs", (ScheduledEvent<double> entered) => Call(entered).Keywords);
    }

    private static PythonCall Call(ScheduledEvent<double> entered) => (PythonCall)entered.Action.Target!; // made above
}
