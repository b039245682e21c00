using System.Buffers;
using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

// Ownership
//   Until ReleaseHandles this holds a reference on every handle that the child gets, and owns the copies that it made of them.
// Layout of the child's descriptors
//   1. A caller's descriptor whose number is another's target is copied to a number above all targets, here in the parent.
//   2. In the child, each is moved to its target by dup2; one that is there already only loses close-on-exec.
//   3. In the child, every other descriptor from 3 on is closed.
//   No step overwrites what a later one needs: sources are above the targets, or at their own. The exec helper and its report
//   are two more targets, above all others.

/// <summary>The file actions of a posix_spawn: the directory and the descriptors of the child.</summary>
internal sealed unsafe class SpawnActions : IDisposable
{
    private const int FirstNonStandard = 3;

    private readonly void* _memory = NativeMemory.AllocZeroed(Interop.Libc.SpawnFileActionsSize);
    private readonly ChildStartInfo _startInfo;
    private readonly bool _useCloseFrom;
    private List<SafeHandle>? _held;
    private List<SafeDescriptor>? _copies;
    private bool _made;

    // Whether the child keeps the number of its terminal, the one above the targets.
    private bool _keepsTerminal;

    /// <summary>Makes an empty list of actions.</summary>
    /// <param name="startInfo">What is to be started.</param>
    /// <param name="useCloseFrom">False: do without the function that glibc has from 2.34 on.</param>
    internal SpawnActions(ChildStartInfo startInfo, bool useCloseFrom)
    {
        _startInfo = startInfo;
        _useCloseFrom = useCloseFrom;
    }

    /// <summary>The posix_spawn_file_actions_t.</summary>
    internal void* Pointer => _memory;

    /// <summary>The number under which the child finds the exec helper; that of the report is one above.</summary>
    /// <param name="startInfo">What is to be started.</param>
    /// <returns>The first number above those that the program gets.</returns>
    internal static int HelperNumber(ChildStartInfo startInfo)
    {
        int number = FirstNonStandard;
        for (int i = 0; i < startInfo.Inherited.Count; i++)
        {
            number = Math.Max(number, startInfo.Inherited[i].Number + 1);
        }

        return number;
    }

    /// <summary>Begins the list; once.</summary>
    /// <exception cref="IOException">There is no memory left.</exception>
    internal void Begin()
    {
        Require(Interop.Libc.posix_spawn_file_actions_init(_memory));
        _made = true;
    }

    /// <summary>Adds the change of directory.</summary>
    /// <param name="directory">The path.</param>
    /// <exception cref="PlatformNotSupportedException">The C library is too old.</exception>
    internal void AddChangeDirectory(byte* directory)
    {
        try
        {
            Require(Interop.Libc.posix_spawn_file_actions_addchdir_np(_memory, directory));
        }
        catch (EntryPointNotFoundException e)
        {
            throw new PlatformNotSupportedException(
                $"Cannot start '{_startInfo.FileName}' in directory '{_startInfo.WorkingDirectory}': the C library is too old "
                + "to start a program in another directory (glibc 2.29 or musl 1.1.24 is needed).",
                e);
        }
    }

    /// <summary>Adds what gives the child its descriptors, and no others.</summary>
    /// <param name="terminal">The path of its terminal, or null.</param>
    /// <param name="helper">The exec helper and where it writes its report, or null.</param>
    /// <exception cref="ObjectDisposedException">A handle was closed meanwhile.</exception>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    internal void AddDescriptors(byte* terminal, (SafeHandle Image, SafeHandle Report)? helper)
    {
        IReadOnlyList<InheritedDescriptor> inherited = _startInfo.Inherited;
        int helperNumber = HelperNumber(_startInfo);
        int count = helper is null ? helperNumber : helperNumber + 2;

        // Which numbers of the child are spoken for; the standard three are, even when they stay as they are.
        bool[] isTarget = ArrayPool<bool>.Shared.Rent(count);
        try
        {
            Span<bool> targets = isTarget.AsSpan(0, count);
            targets.Clear();
            targets[..FirstNonStandard].Fill(true);
            targets[helperNumber..].Fill(true);
            for (int i = 0; i < inherited.Count; i++)
            {
                targets[inherited[i].Number] = true;
            }

            AddStandard(terminal, targets);
            for (int i = 0; i < inherited.Count; i++)
            {
                AddMove(inherited[i].Handle, inherited[i].Number, targets);
            }

            if (helper is var (image, report))
            {
                AddMove(image, helperNumber, targets);
                AddMove(report, helperNumber + 1, targets);
            }

            AddCloses(targets);
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(isTarget);
        }
    }

    /// <summary>Lets go of the handles, after the start: what is to be read to its end needs that. Once is enough.</summary>
    internal void ReleaseHandles()
    {
        _copies?.ForEach(static copy => copy.Dispose());
        _held?.ForEach(static handle => handle.DangerousRelease());
        (_copies, _held) = (null, null);
    }

    public void Dispose()
    {
        if (_made)
        {
            _ = Interop.Libc.posix_spawn_file_actions_destroy(_memory);
        }

        NativeMemory.Free(_memory);
        ReleaseHandles();
    }

    private void AddStandard(byte* terminal, ReadOnlySpan<bool> targets)
    {
        if (terminal is null)
        {
            AddMove(_startInfo.StandardInput, 0, targets);
            AddMove(_startInfo.StandardOutput, 1, targets);
            AddMove(_startInfo.StandardError, 2, targets);
            return;
        }

        // The first terminal that the leader of a session opens becomes its own. So it is opened once even when no stream
        // leads there. Then it also stays open: a terminal that nobody has open is at its end for us, before the program has
        // come to opening /dev/tty.
        Require(Interop.Libc.posix_spawn_file_actions_addopen(_memory, targets.Length, terminal, Interop.Libc.O_RDWR, 0));
        AddMoveOrTerminal(_startInfo.StandardInput, 0, targets);
        AddMoveOrTerminal(_startInfo.StandardOutput, 1, targets);
        AddMoveOrTerminal(_startInfo.StandardError, 2, targets);
        _keepsTerminal = _startInfo is { StandardInput: not null, StandardOutput: not null, StandardError: not null };
        if (!_keepsTerminal)
        {
            Require(Interop.Libc.posix_spawn_file_actions_addclose(_memory, targets.Length));
        }
    }

    private void AddMoveOrTerminal(SafeHandle? handle, int target, ReadOnlySpan<bool> targets)
    {
        if (handle is null)
        {
            Require(Interop.Libc.posix_spawn_file_actions_adddup2(_memory, targets.Length, target));
        }
        else
        {
            AddMove(handle, target, targets);
        }
    }

    private void AddMove(SafeHandle? handle, int target, ReadOnlySpan<bool> targets)
    {
        if (handle is null)
        {
            return;
        }

        bool added = false;
        handle.DangerousAddRef(ref added);
        (_held ??= []).Add(handle);
        int source = (int)handle.DangerousGetHandle();

        // A C library without closefrom may also be without the rule that dup2 to itself clears close-on-exec. The number above
        // the targets is the terminal's.
        bool isInTheWay = source == target ? !_useCloseFrom : source == targets.Length || (source < targets.Length && targets[source]);
        if (isInTheWay)
        {
            var copy = new SafeDescriptor(Interop.Libc.fcntl(handle, Interop.Libc.F_DUPFD_CLOEXEC, targets.Length + 1));
            if (copy.IsInvalid)
            {
                throw NativeError.LastException(
                    $"Cannot start '{_startInfo.FileName}': making a copy of descriptor {source}, which becomes descriptor {target} of the child, failed");
            }

            (_copies ??= []).Add(copy);
            source = (int)copy.DangerousGetHandle();
        }

        Require(Interop.Libc.posix_spawn_file_actions_adddup2(_memory, source, target));
    }

    private void AddCloses(ReadOnlySpan<bool> targets)
    {
        if (!_startInfo.CloseOthers)
        {
            return;
        }

        if (!_useCloseFrom)
        {
            AddClosesByLook(targets);
            return;
        }

        for (int number = FirstNonStandard; number < targets.Length; number++)
        {
            if (!targets[number])
            {
                Require(Interop.Libc.posix_spawn_file_actions_addclose(_memory, number));
            }
        }

        Require(Interop.Libc.posix_spawn_file_actions_addclosefrom_np(_memory, targets.Length + (_keepsTerminal ? 1 : 0)));
    }

    // Descriptors of this library and of .NET close themselves at the exec. What native code has opened without that is
    // closed as far as it can be seen now; one that another thread opens a moment later is not.
    private void AddClosesByLook(ReadOnlySpan<bool> targets)
    {
        foreach (int number in ProcFile.NumbersIn("/proc/self/fd"))
        {
            bool isTerminal = _keepsTerminal && number == targets.Length;
            if (!isTerminal && (number >= targets.Length || !targets[number]))
            {
                Require(Interop.Libc.posix_spawn_file_actions_addclose(_memory, number));
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
