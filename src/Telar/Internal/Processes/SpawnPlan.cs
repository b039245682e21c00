using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Ownership
//   The thread that starts a child makes the plan, hands it to the spawner thread for Execute, waits for the end of that,
//   reads the outcome and disposes the plan. So at every moment one thread uses it, and the hand-over is the lock of
//   SpawnThread.

/// <summary>One start in native memory: all that posix_spawn needs, and what came of it.</summary>
internal sealed unsafe class SpawnPlan : IDisposable
{
    // The bookkeeping of resident pages is batched by processor: a reading may lag behind by so many pages a processor.
    private const int LeastCounterBatch = 32;

    // The helper's first two steps are about its own descriptors.
    private const int OwnSteps = 2;

    // By trial, on the spawner thread: process 1 starts its children nowhere else.
    private static bool s_lacksPidfdSpawn;

    private readonly ChildStartInfo _startInfo;
    private readonly List<string> _candidates;
    private readonly List<ExecStep>? _steps;
    private readonly SpawnTexts _texts;
    private readonly SpawnAttributes _attributes;
    private readonly SpawnActions _actions;
    private Pipe? _report;
    private int _error;
    private string? _program;

    private SpawnPlan(ChildStartInfo startInfo, bool useCloseFrom)
    {
        _startInfo = startInfo;
        _candidates = ProgramSearch.Candidates(startInfo);
        _steps = startInfo.Setup?.Steps() is { Count: > 0 } steps ? steps : null;
        _texts = new SpawnTexts(startInfo);
        _attributes = new SpawnAttributes();
        _actions = new SpawnActions(startInfo, useCloseFrom);
    }

    /// <summary>After <see cref="Execute"/>: the child; -1 when it was reaped by others before we could ask.</summary>
    internal int ProcessId { get; private set; } = -1;

    /// <summary>After <see cref="Execute"/>: the child's pidfd; -1 when the child was reaped by others before we could ask.</summary>
    internal int ProcessDescriptor { get; private set; } = -1;

    /// <summary>After <see cref="Execute"/>: peaks of memory up to this may be ours, and not the child's.</summary>
    internal long HiddenPeakBytes { get; private set; }

    /// <summary>Prepares a start.</summary>
    /// <param name="startInfo">What to start; validated.</param>
    /// <param name="job">The mark that the child gets.</param>
    /// <param name="useCloseFrom">False: do without the function that glibc has from 2.34 on.</param>
    /// <returns>The plan; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">A handle was closed meanwhile.</exception>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal static SpawnPlan Create(ChildStartInfo startInfo, string job, bool useCloseFrom)
    {
        var plan = new SpawnPlan(startInfo, useCloseFrom);
        try
        {
            plan.Fill(job);
            return plan;
        }
        catch
        {
            plan.Dispose();
            throw;
        }
    }

    /// <summary>Starts the program. Runs on the spawner thread, or on the caller's where that was asked for.</summary>
    internal void Execute()
    {
        bool isHeld = ChildSignals.Hold(out Interop.Libc.SignalAction held);
        try
        {
            StartAndAdopt();
        }
        finally
        {
            if (isHeld)
            {
                ChildSignals.Release(held);
            }
        }
    }

    /// <summary>After <see cref="Execute"/>: what kept the program from starting, or null: then the child is there.</summary>
    /// <returns>The exception to throw; no child is left then.</returns>
    /// <remarks>With the exec helper this waits until the helper has become the program.</remarks>
    internal Exception? Failure()
    {
        if (_error != 0)
        {
            return _steps is null || _candidates.Count == 0
                ? StartError.Create(_startInfo, _program, _error)
                : StartError.OfHelper(_startInfo, _steps[0], _error);
        }

        if (_report is null || ReadReport(_report) is not ExecReport report)
        {
            return null;
        }

        // The helper ends with its report.
        using (var descriptor = new SafeDescriptor(ProcessDescriptor))
        {
            if (!descriptor.IsInvalid)
            {
                _ = Interop.Libc.waitid_pidfd(descriptor, out _, Interop.Libc.WEXITED, out _);
            }
        }

        return report.Step < OwnSteps
            ? StartError.Create(_startInfo, _candidates[report.File], report.Error)
            : StartError.OfStep(_startInfo, _steps![report.Step - OwnSteps], report.Error); // the report is of a plan with steps
    }

    public void Dispose()
    {
        _report?.Dispose();
        _texts.Dispose();
        _attributes.Dispose();
        _actions.Dispose();
    }

    private ExecReport? ReadReport(Pipe pipe)
    {
        // The pipe ends when nobody has its other end: neither the child after its exec, nor this process.
        _actions.ReleaseHandles();
        pipe.Writer.Dispose();
        Span<int> numbers = stackalloc int[ExecHelper.ReportSize / sizeof(int)];
        return DescriptorIO.TryReadExactly(pipe.Reader, MemoryMarshal.AsBytes(numbers))
            ? new ExecReport(numbers[0], numbers[1], numbers[2])
            : null;
    }

    private void Fill(string job)
    {
        _attributes.Fill(_startInfo);
        _actions.Begin();
        if (_steps is null)
        {
            _texts.Add(_startInfo, _candidates, job);
            AddDirectory();
            _actions.AddDescriptors(_texts.Terminal, helper: null);
            return;
        }

        // The number of the helper in the child is part of the texts, and of the descriptors: those come first.
        SafeHandle image = ExecHelper.Image(_steps[0].Option);
        _report = Pipe.Create();
        int number = SpawnActions.HelperNumber(_startInfo);
        string steps = string.Join(' ', _steps.Select(static step => step.Token));
        _texts.AddByHelper(_startInfo, _candidates, job, $"/proc/self/fd/{number}", $"e{number + 1} c{number} {steps}");
        AddDirectory();
        _actions.AddDescriptors(_texts.Terminal, (image, _report.Writer));
    }

    private void AddDirectory()
    {
        if (_texts.Directory is not null)
        {
            _actions.AddChangeDirectory(_texts.Directory);
        }
    }

    private void StartAndAdopt()
    {
        byte** arguments = _texts.Arguments;
        byte** environment = _texts.Environment;
        _error = Interop.Errno.ENOENT;

        // The helper itself goes along the candidates.
        int count = _steps is null ? _candidates.Count : Math.Min(_candidates.Count, 1);
        for (int i = 0; i < count; i++)
        {
            int error = Spawn(_texts.File(i), arguments, environment);
            if (error is Interop.Errno.ENOENT or Interop.Errno.ENOTDIR or Interop.Errno.EACCES)
            {
                // As execvp does it: go on along PATH, and remember a file that was there but not for us.
                if (_program is null || _error != Interop.Errno.EACCES)
                {
                    _error = error;
                    _program = _candidates[i];
                }

                continue;
            }

            _error = error;
            _program = _candidates[i];
            break;
        }

        // posix_spawn lends our memory to the child until its exec, and with it our peak, which the kernel counts as the
        // child's from then on. Asked after the exec, so that the answer is not below what the child was charged with. The peak is
        // the process's for a thread too, and no time is spent on adding up what all threads have used.
        if (_error == 0 && Interop.Libc.getrusage(Interop.Libc.RUSAGE_THREAD, out Interop.Libc.Rusage usage) == 0)
        {
            long processors = Environment.ProcessorCount;
            long slack = Math.Max(LeastCounterBatch, 2 * processors) * processors * Environment.SystemPageSize;
            HiddenPeakBytes = (usage.MaxResidentKiB * 1024) + slack;
        }
    }

    // Starts the child and gets its pidfd before anybody else does anything.
    private int Spawn(byte* program, byte** arguments, byte** environment)
    {
        int descriptor;
        if (Environment.ProcessId == 1 && !s_lacksPidfdSpawn)
        {
            // Only process 1 needs it in one step (see ChildSignals.Hold); for it alone the way from pidfd to number is
            // not too long.
            try
            {
                int error = Interop.Libc.pidfd_spawn(
                    out descriptor, program, _actions.Pointer, _attributes.Pointer, arguments, environment);
                if (error != Interop.Errno.ENOSYS)
                {
                    ProcessDescriptor = error == 0 ? descriptor : -1;
                    ProcessId = error == 0 ? Interop.Libc.pidfd_getpid(descriptor) : -1;
                    return error;
                }
            }
            catch (EntryPointNotFoundException)
            {
            }

            s_lacksPidfdSpawn = true;
        }

        int failure = Interop.Libc.posix_spawn(
            out int pid, program, _actions.Pointer, _attributes.Pointer, arguments, environment);
        if (failure != 0)
        {
            return failure;
        }

        descriptor = Interop.Libc.pidfd_open(pid);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() is int refusal and not Interop.Errno.ESRCH)
        {
            // A child that cannot be followed is not left behind.
            _ = Interop.Libc.kill(pid, SignalNumber.SIGKILL);
            Interop.Libc.waitid_pid(pid, Interop.Libc.WEXITED);
            return refusal;
        }

        ProcessId = pid;
        ProcessDescriptor = descriptor;
        return 0;
    }
}
