using Telar.ContextVars;
using Telar.CPython.Hosting;
using Telar.Threading;
using Telar.Threading.Threads;

namespace Telar.CPython.Members;

using Thread = Telar.Threading.Thread;
using Timer = Telar.Threading.Timer;

internal static class ThreadMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("Thread_new", (PyObject target, string? name, bool? daemon, Context? context) => target.IsNone
            ? new PythonThread(name, daemon, context)
            : new PythonThread(() => target.Call(), name, daemon, context));
        members.Add("Thread_start", (Thread thread, PyObject wrapper) => PythonThreads.Start(thread, wrapper));
        members.Add("Thread_run", (IPythonThread thread) => thread.BaseRun());
        members.Add("Thread_join", (Thread thread, TimeSpan? timeout) => { _ = thread.Join(timeout); });
        members.Add("Thread_name", (Thread thread) => thread.Name);
        members.Add("Thread_set_name", (Thread thread, string name) => { thread.Name = name; });
        members.Add("Thread_daemon", (Thread thread) => thread.Daemon);
        members.Add("Thread_set_daemon", (Thread thread, bool daemon) => { thread.Daemon = daemon; });
        members.Add("Thread_ident", (Thread thread) => thread.Ident);
        members.Add("Thread_native_id", (Thread thread) => thread.NativeId);
        members.Add("Thread_is_alive", (Thread thread) => thread.IsAlive);

        // 'initial', 'started daemon 12' ...: what follows the quoted name.
        members.Add("Thread_state", (Thread thread) => thread.ToString()[(thread.ToString().LastIndexOf('\'') + 2)..]);

        members.Add("Thread_current", () => Thread.Current);
        members.Add("Thread_main", () => Thread.Main);
        members.Add("Thread_enumerate", () => Thread.Enumerate().ToArray<object>());
        members.Add("Thread_active_count", () => Thread.ActiveCount);
        members.Add("Thread_current_ident", () => Thread.CurrentIdent);
        members.Add("Thread_current_native_id", () => Thread.CurrentNativeId);
        members.Add("Thread_timeout_max", () => Thread.TimeoutMax);
        members.Add("Thread_stack_size", () => Thread.StackSize);
        members.Add("Thread_set_stack_size", (int size) => { Thread.StackSize = size; });
        members.Add("Thread_set_excepthook", (PyObject hook) => { Thread.ExceptHook = args => CallHook(hook, args); });

        members.Add("Thread_register_at_exit", (PyObject function, PyObject arguments, PyObject keywords) =>
            Thread.RegisterAtExit(new PythonCall(function, arguments, keywords).Invoke));
        members.Add("Thread_shut_down", ShutDown);

        members.New("Timer_new", (TimeSpan interval, PyObject function) => new PythonTimer(interval, () => function.Call()));
        members.Add("Timer_finished", (Timer timer) => timer.Finished);
        members.Add("Timer_cancel", (Timer timer) => timer.Cancel());

        members.Add("LowLevel_start_new_thread", (PyObject function, PyObject arguments, PyObject keywords) =>
            LowLevel.StartNewThread(PythonThreads.Body(new PythonCall(function, arguments, keywords).Invoke)));
        members.Add("LowLevel_count", () => LowLevel.Count);
        members.Add("LowLevel_exit", LowLevel.Exit);
        members.Add("LowLevel_daemon_threads_allowed", () => LowLevel.DaemonThreadsAllowed);

        members.New("ThreadHandle_new", () => new ThreadHandle());
        members.Add("ThreadHandle_start", (PyObject function, ThreadHandle handle) =>
            LowLevel.StartJoinableThread(PythonThreads.Body(() => function.Call()), handle));
        members.Add("ThreadHandle_join", (ThreadHandle handle, TimeSpan? timeout) => { _ = handle.Join(timeout, default); });
        members.Add("ThreadHandle_set_done", (ThreadHandle handle) => handle.SetDone());
        members.Add("ThreadHandle_is_done", (ThreadHandle handle) => handle.IsDone);
        members.Add("ThreadHandle_ident", (ThreadHandle handle) => handle.Ident);

        members.New("local_new", (PyObject arguments, PyObject keywords) => new LocalObject(
            local => Handles.Wrapper(local).Attribute("__init__").CallWith(arguments, keywords)));
        members.Add("local_get", (LocalObject local, string name) => local[name]);
        members.Add("local_set", (LocalObject local, string name, PyObject value) => { local[name] = value; });
        members.Add("local_remove", (LocalObject local, string name) => local.Remove(name));
        members.Add("local_names", (LocalObject local) => local.Names.ToArray<object>());
    }

    // The main program is Python's, so that the runtime sees no Main return: its part of the end is done here.
    private static void ShutDown()
    {
        ThreadShutdown.End();
        while (Thread.Enumerate().FirstOrDefault(thread => thread is { Daemon: false, IsAlive: true }) is { } thread)
        {
            _ = thread.Join();
        }
    }

    // threading.excepthook takes the exception itself, and the Python object of the thread.
    private static void CallHook(PyObject hook, ExceptHookArgs args)
    {
        using (Gil.Ensure())
        {
            PyObject exception = args.Exception is PythonException python ? python.Value : PyObject.Of(args.Exception.ToString());
            _ = hook.Call(exception, args.Thread is null ? PyObject.Of<object?>(null) : Handles.Wrapper(args.Thread));
        }
    }
}
