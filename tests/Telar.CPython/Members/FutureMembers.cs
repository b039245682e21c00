using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures;
using Telar.CPython.Hosting;

namespace Telar.CPython.Members;

internal static class FutureMembers
{
    // What CPython has in one class is two here: the one that waits, and the one that ends the call.
    private static readonly ConditionalWeakTable<Future, FutureSource<PyObject>> s_sources = [];

    public static void AddTo(MemberTable members)
    {
        members.New("Future_new", () =>
        {
            FutureSource<PyObject> source = new();
            s_sources.Add(source.Future, source);
            return source.Future;
        });
        members.Add("Future_set_running_or_notify_cancel", (Future future) => Source(future).SetRunningOrNotifyCancel());
        members.Add("Future_set_result", (Future future, PyObject result) => Source(future).SetResult(result));
        members.Add("Future_set_exception", (Future future, PyObject exception) =>
            Source(future).SetException(PythonException.Of(exception)));

        members.Add("Future_cancel", (Future future) => future.Cancel());
        members.Add("Future_cancelled", (Future future) => future.IsCancelled);
        members.Add("Future_running", (Future future) => future.IsRunning);
        members.Add("Future_done", (Future future) => future.IsDone);
        members.Add("Future_state", (Future future) => future.State.ToString().ToUpperInvariant());
        members.Add("Future_result", (Future<PyObject> future, TimeSpan? timeout) => future.Result(timeout ?? Timeout.InfiniteTimeSpan));
        members.Add("Future_exception", (Future future, TimeSpan? timeout) =>
            future.Exception(timeout ?? Timeout.InfiniteTimeSpan) switch
            {
                null => null,
                PythonException python => python.Value,
                var other => throw other,
            });
        members.Add("Future_add_done_callback", (Future future, PyObject callback) =>
            future.AddDoneCallback(ended => CallWith(callback, ended)));
        members.Add("Future_set_callback_failed", (PyObject hook) =>
        {
            Future.CallbackFailed += (_, failed) => CallWith(hook, failed.Future, ((PythonException)failed.Exception).Value);
        });

        members.Add("Futures_wait", (Future[] futures, TimeSpan? timeout, string returnWhen) =>
        {
            (IReadOnlySet<Future> done, IReadOnlySet<Future> notDone) =
                Futures.Wait(futures, timeout, Enum.Parse<ReturnWhen>(returnWhen, ignoreCase: true));
            return new object[] { done.ToArray<object>(), notDone.ToArray<object>() };
        });
        members.Add("Futures_as_completed", (Future[] futures, TimeSpan? timeout) => new Items(Futures.AsCompleted(futures, timeout)));

        members.Add("Items_next", (Items items) => items.Next());
        members.Add("Items_close", (Items items) => items.Close());
    }

    private static FutureSource<PyObject> Source(Future future) => s_sources.TryGetValue(future, out FutureSource<PyObject>? source)
        ? source
        : throw new InvalidCastException($"{future} belongs to an executor");

    private static void CallWith(PyObject function, Future future, params ReadOnlySpan<PyObject> rest)
    {
        using (Gil.Ensure())
        {
            _ = function.Call([Handles.Wrapper(future), .. rest]);
        }
    }
}
