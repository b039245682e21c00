using System.Runtime.CompilerServices;
using Telar.ContextVars;
using Telar.CPython.Hosting;
using Telar.Threading;

namespace Telar.CPython.Members;

using Thread = Telar.Threading.Thread;
using Timer = Telar.Threading.Timer;

/// <summary>A thread of ours whose <c>run</c> may be that of a subclass in Python.</summary>
internal interface IPythonThread
{
    /// <summary>What <c>Thread.run</c> does.</summary>
    void BaseRun();
}

/// <summary>The same for all kinds of thread.</summary>
internal static class PythonThreads
{
    // Python may have dropped the object of a thread that runs.
    private static readonly ConditionalWeakTable<Thread, PyObject> s_running = [];

    public static void Start(Thread thread, PyObject wrapper)
    {
        s_running.AddOrUpdate(thread, wrapper);
        thread.Start();
    }

    public static void CallRun(Thread thread)
    {
        try
        {
            Body(() => Handles.Wrapper(thread).CallMethod("run"))();
        }
        finally
        {
            s_running.Remove(thread);
        }
    }

    /// <summary>What runs on a thread that Telar made: with one state of the interpreter from its start to its end.</summary>
    public static Action Body(Action body) => () =>
    {
        using (Gil.Ensure())
        {
            try
            {
                body();
            }
            catch (PythonException exception) when (exception.IsSystemExit)
            {
                LowLevel.Exit();
            }
        }
    };
}

internal sealed class PythonThread : Thread, IPythonThread
{
    public PythonThread(string? name, bool? daemon, Context? context)
        : base(name, daemon, context)
    {
    }

    public PythonThread(Action target, string? name, bool? daemon, Context? context)
        : base(target, name, daemon, context)
    {
    }

    public void BaseRun() => base.Run();

    protected override void Run() => PythonThreads.CallRun(this);
}

internal sealed class PythonTimer(TimeSpan interval, Action function) : Timer(interval, function), IPythonThread
{
    public void BaseRun() => base.Run();

    protected override void Run() => PythonThreads.CallRun(this);
}
