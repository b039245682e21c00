using System.Buffers;
using System.Collections;
using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Ownership
//   The thread that starts a child makes the plan, hands it to the spawner thread for Execute, waits for the end of that,
//   reads the outcome and disposes the plan. So at every moment one thread uses it, and the hand-over is the lock of
//   SpawnThread. Until Dispose the plan holds a reference on every handle that the child gets.
// Layout of the child's descriptors
//   1. A caller's descriptor whose number is another's target is copied to a number above all targets, here in the parent.
//   2. In the child, each is moved to its target by dup2; one that is there already only loses close-on-exec.
//   3. In the child, every other descriptor from 3 on is closed.
//   No step overwrites what a later one needs: sources are above the targets, or at their own.

/// <summary>One start in native memory: all that posix_spawn needs, and what came of it.</summary>
internal sealed unsafe class SpawnPlan : IDisposable
{
    private const int FirstNonStandard = 3;

    // The bookkeeping of resident pages is batched by processor: a reading may lag behind by so many pages a processor.
    private const int LeastCounterBatch = 32;

    // By trial, on the spawner thread: process 1 starts its children nowhere else.
    private static bool s_lacksPidfdSpawn;

    private readonly ChildStartInfo _startInfo;
    private readonly List<string> _candidates;
    private readonly List<SafeHandle> _held = [];
    private readonly List<SafeDescriptor> _copies = [];
    private readonly Utf8Table _programs;
    private readonly Utf8Table _arguments;
    private readonly Utf8Table _environment;

    // The attributes, then the file actions; NativeMemory aligns them for anything.
    private readonly byte* _attributes;
    private readonly byte* _actions;
    private bool _attributesMade;
    private bool _actionsMade;

    private SpawnPlan(ChildStartInfo startInfo, List<string> candidates)
    {
        _startInfo = startInfo;
        _candidates = candidates;
        _programs = new Utf8Table(startInfo.FileName, candidates.Count + 1, 256);
        _arguments = new Utf8Table(startInfo.FileName, startInfo.Arguments.Count + 1, 1024);
        _environment = new Utf8Table(startInfo.FileName, 64, 8192);
        _attributes = (byte*)NativeMemory.AllocZeroed(Interop.Libc.SpawnAttributesSize + Interop.Libc.SpawnFileActionsSize);
        _actions = _attributes + Interop.Libc.SpawnAttributesSize;
    }

    /// <summary>After <see cref="Execute"/>: 0, or the error that kept the program from starting.</summary>
    internal int Error { get; private set; }

    /// <summary>After <see cref="Execute"/>: the file that was started, or tried last.</summary>
    internal string? Program { get; private set; }

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
        var plan = new SpawnPlan(startInfo, ProgramSearch.Candidates(startInfo));
        try
        {
            plan.AddTexts(job);
            plan.AddAttributes();
            plan.AddActions(useCloseFrom);
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

    public void Dispose()
    {
        if (_actionsMade)
        {
            _ = Interop.Libc.posix_spawn_file_actions_destroy(_actions);
        }

        if (_attributesMade)
        {
            _ = Interop.Libc.posix_spawnattr_destroy(_attributes);
        }

        NativeMemory.Free(_attributes);
        _programs.Dispose();
        _arguments.Dispose();
        _environment.Dispose();
        foreach (SafeDescriptor copy in _copies)
        {
            copy.Dispose();
        }

        foreach (SafeHandle handle in _held)
        {
            handle.DangerousRelease();
        }
    }

    private void StartAndAdopt()
    {
        byte** programs = _programs.Seal();
        byte** arguments = _arguments.Seal();
        byte** environment = _environment.Seal();
        Error = Interop.Errno.ENOENT;
        for (int i = 0; i < _candidates.Count; i++)
        {
            int error = Spawn(programs[i], arguments, environment);
            if (error is Interop.Errno.ENOENT or Interop.Errno.ENOTDIR or Interop.Errno.EACCES)
            {
                // As execvp does it: go on along PATH, and remember a file that was there but not for us.
                if (Program is null || Error != Interop.Errno.EACCES)
                {
                    Error = error;
                    Program = _candidates[i];
                }

                continue;
            }

            Error = error;
            Program = _candidates[i];
            break;
        }

        // posix_spawn lends our memory to the child until its exec, and with it our peak, which the kernel counts as the
        // child's from then on. Asked after the exec, so that the answer is not below what the child was charged with.
        if (Error == 0 && Interop.Libc.getrusage(Interop.Libc.RUSAGE_SELF, out Interop.Libc.Rusage usage) == 0)
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
                int error = Interop.Libc.pidfd_spawn(out descriptor, program, _actions, _attributes, arguments, environment);
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

        int failure = Interop.Libc.posix_spawn(out int pid, program, _actions, _attributes, arguments, environment);
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

    private void AddTexts(string job)
    {
        foreach (string candidate in _candidates)
        {
            _programs.Add(candidate);
        }

        if (_startInfo.WorkingDirectory is not null)
        {
            _programs.Add(_startInfo.WorkingDirectory);
        }

        _arguments.Add(_startInfo.ArgumentZero ?? _startInfo.FileName);
        for (int i = 0; i < _startInfo.Arguments.Count; i++)
        {
            _arguments.Add(_startInfo.Arguments[i]);
        }

        if (_startInfo.Environment is null)
        {
            // By the enumerator and not by foreach, which would box an entry for each variable.
            IDictionaryEnumerator variables = Environment.GetEnvironmentVariables().GetEnumerator();
            while (variables.MoveNext())
            {
                AddVariable((string)variables.Key, (string?)variables.Value ?? "");
            }
        }
        else
        {
            foreach (KeyValuePair<string, string> variable in _startInfo.Environment)
            {
                AddVariable(variable.Key, variable.Value);
            }
        }

        _environment.Add(JobToken.VariableName, JobToken.PathOf(job));
    }

    private void AddVariable(string name, string value)
    {
        if (name != JobToken.VariableName)
        {
            _environment.Add(name, value);
        }
    }

    private void AddAttributes()
    {
        Require(Interop.Libc.posix_spawnattr_init(_attributes));
        _attributesMade = true;
        short flags = 0;
        if (_startInfo.NewSession)
        {
            // The leader of a session leads a group too, and may not ask for one.
            flags |= Interop.Libc.POSIX_SPAWN_SETSID;
        }
        else if (_startInfo.NewProcessGroup)
        {
            flags |= Interop.Libc.POSIX_SPAWN_SETPGROUP;
            Require(Interop.Libc.posix_spawnattr_setpgroup(_attributes, 0));
        }

        if (_startInfo.RestoreSignals)
        {
            flags |= Interop.Libc.POSIX_SPAWN_SETSIGDEF | Interop.Libc.POSIX_SPAWN_SETSIGMASK;
            Interop.Libc.SignalSet signals = default;
            Require(Interop.Libc.posix_spawnattr_setsigmask(_attributes, &signals));
            signals.Add(SignalNumber.SIGPIPE);
            signals.Add(SignalNumber.SIGXFSZ);
            signals.Add(SignalNumber.SIGCHLD);
            Require(Interop.Libc.posix_spawnattr_setsigdefault(_attributes, &signals));
        }

        Require(Interop.Libc.posix_spawnattr_setflags(_attributes, flags));
    }

    private void AddActions(bool useCloseFrom)
    {
        Require(Interop.Libc.posix_spawn_file_actions_init(_actions));
        _actionsMade = true;
        if (_startInfo.WorkingDirectory is not null)
        {
            AddChangeDirectory();
        }

        IReadOnlyList<InheritedDescriptor> inherited = _startInfo.Inherited;
        int highest = FirstNonStandard - 1;
        for (int i = 0; i < inherited.Count; i++)
        {
            highest = Math.Max(highest, inherited[i].Number);
        }

        // Which numbers of the child are spoken for; the standard three are, even when they stay as they are.
        bool[] isTarget = ArrayPool<bool>.Shared.Rent(highest + 1);
        try
        {
            Array.Clear(isTarget, 0, highest + 1);
            Array.Fill(isTarget, true, 0, FirstNonStandard);
            for (int i = 0; i < inherited.Count; i++)
            {
                isTarget[inherited[i].Number] = true;
            }

            ReadOnlySpan<bool> targets = isTarget.AsSpan(0, highest + 1);
            AddMove(_startInfo.StandardInput, 0, targets, useCloseFrom);
            AddMove(_startInfo.StandardOutput, 1, targets, useCloseFrom);
            AddMove(_startInfo.StandardError, 2, targets, useCloseFrom);
            for (int i = 0; i < inherited.Count; i++)
            {
                AddMove(inherited[i].Handle, inherited[i].Number, targets, useCloseFrom);
            }

            if (useCloseFrom)
            {
                AddClosesByRange(targets);
            }
            else
            {
                AddClosesByLook(targets);
            }
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(isTarget);
        }
    }

    private void AddChangeDirectory()
    {
        try
        {
            // The directory is the text after the candidates.
            byte* directory = _programs.Seal()[_candidates.Count];
            Require(Interop.Libc.posix_spawn_file_actions_addchdir_np(_actions, directory));
        }
        catch (EntryPointNotFoundException e)
        {
            throw new PlatformNotSupportedException(
                $"Cannot start '{_startInfo.FileName}' in directory '{_startInfo.WorkingDirectory}': the C library is too old "
                + "to start a program in another directory (glibc 2.29 or musl 1.1.24 is needed).",
                e);
        }
    }

    private void AddMove(SafeHandle? handle, int target, ReadOnlySpan<bool> targets, bool hasNewLibrary)
    {
        if (handle is null)
        {
            return;
        }

        bool added = false;
        handle.DangerousAddRef(ref added);
        _held.Add(handle);
        int source = (int)handle.DangerousGetHandle();

        // A C library without closefrom may also be without the rule that dup2 to itself clears close-on-exec.
        bool isInTheWay = source == target ? !hasNewLibrary : source < targets.Length && targets[source];
        if (isInTheWay)
        {
            var copy = new SafeDescriptor(Interop.Libc.fcntl(handle, Interop.Libc.F_DUPFD_CLOEXEC, targets.Length));
            if (copy.IsInvalid)
            {
                throw NativeError.LastException($"Cannot start '{_startInfo.FileName}': copying descriptor {source} failed");
            }

            _copies.Add(copy);
            source = (int)copy.DangerousGetHandle();
        }

        Require(Interop.Libc.posix_spawn_file_actions_adddup2(_actions, source, target));
    }

    private void AddClosesByRange(ReadOnlySpan<bool> targets)
    {
        for (int number = FirstNonStandard; number < targets.Length; number++)
        {
            if (!targets[number])
            {
                Require(Interop.Libc.posix_spawn_file_actions_addclose(_actions, number));
            }
        }

        Require(Interop.Libc.posix_spawn_file_actions_addclosefrom_np(_actions, targets.Length));
    }

    // Descriptors of this library and of .NET close themselves at the exec. What native code has opened without that is
    // closed as far as it can be seen now; one that another thread opens a moment later is not.
    private void AddClosesByLook(ReadOnlySpan<bool> targets)
    {
        foreach (int number in ProcFile.NumbersIn("/proc/self/fd"))
        {
            if (number >= targets.Length || !targets[number])
            {
                Require(Interop.Libc.posix_spawn_file_actions_addclose(_actions, number));
            }
        }
    }

    private void Require(int error)
    {
        if (error != 0)
        {
            throw NativeError.Exception(error, $"Cannot start '{_startInfo.FileName}': preparing it failed");
        }
    }
}
