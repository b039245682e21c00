using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop.Kernel32;

namespace Telar.Internal.Processes;

// Locks
//   s_passing: handles that are passed under their own number are made inheritable for the time of one start, and two starts
//   may pass the same. CreateProcess runs under it, no other lock and no code of others.

/// <summary>The handles of one start: copies for the standard three, the passed ones themselves.</summary>
/// <remarks>
/// A handle must be inheritable to be passed, and a start by other code in this process that lists no handles
/// (<see cref="System.Diagnostics.Process"/> does not) gives all inheritable ones away. So they are inheritable only meanwhile.
/// </remarks>
internal sealed class WindowsHandles : IDisposable
{
    // The numbers by which Windows is asked for them.
    private const int StandardInput = -10;
    private const int StandardOutput = -11;
    private const int StandardError = -12;

    private static readonly Lock s_passing = new();

    private readonly SafeFileHandle?[] _copies = new SafeFileHandle?[3];
    private readonly List<SafeHandle> _held = [];
    private readonly List<SafeHandle> _madeInheritable = [];
    private readonly HashSet<nint> _passed = [];
    private bool _locked;

    private WindowsHandles()
    {
    }

    /// <summary>Whether the standard three are given to the child. If not, its own console gives it some.</summary>
    internal bool HasStandard { get; private init; }

    /// <summary>The child's standard input; 0 when it has none.</summary>
    internal nint Input => Number(0);

    /// <summary>The child's standard output; 0 when it has none.</summary>
    internal nint Output => Number(1);

    /// <summary>The child's standard error; 0 when it has none.</summary>
    internal nint Error => Number(2);

    /// <summary>All handles that the child inherits, each once.</summary>
    internal List<nint> All => [.. _copies.OfType<SafeFileHandle>().Select(copy => copy.DangerousGetHandle()), .. _passed];

    /// <summary>Prepares the handles of a start. Until the dispose they are inheritable.</summary>
    /// <param name="startInfo">What is started.</param>
    /// <param name="options">With what.</param>
    /// <returns>The handles.</returns>
    /// <exception cref="IOException">A handle is not one that can be inherited.</exception>
    internal static WindowsHandles Prepare(ChildStartInfo startInfo, WindowsStartOptions options)
    {
        SafeHandle?[] given = [startInfo.StandardInput, startInfo.StandardOutput, startInfo.StandardError];
        SafeFileHandle[] own = [Own(StandardInput), Own(StandardOutput), Own(StandardError)];
        const uint OtherConsole = CREATE_NEW_CONSOLE | CREATE_NO_WINDOW | DETACHED_PROCESS;
        bool isNeeded = (options.CreationFlags & OtherConsole) == 0
            || given.Any(handle => handle is not null)
            || own.Any(handle => !handle.IsInvalid && !GetConsoleMode(handle, out _));
        var handles = new WindowsHandles { HasStandard = isNeeded };
        try
        {
            for (int i = 0; isNeeded && i < given.Length; i++)
            {
                handles._copies[i] = Copy(startInfo, given[i], own[i]);
            }

            handles.Pass(startInfo, options.Inherited);
            return handles;
        }
        catch
        {
            handles.Dispose();
            throw;
        }
    }

    /// <summary>Closes the copies, and makes the passed ones what they were.</summary>
    public void Dispose()
    {
        foreach (SafeFileHandle? copy in _copies)
        {
            copy?.Dispose();
        }

        foreach (SafeHandle handle in _madeInheritable)
        {
            _ = SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
        }

        _held.ForEach(static handle => handle.DangerousRelease());
        _madeInheritable.Clear();
        _held.Clear();
        if (_locked)
        {
            _locked = false;
            s_passing.Exit();
        }
    }

    // A process without a console (a service, a program with windows) has no standard handles, and says so with 0 or -1.
    private static SafeFileHandle Own(int which) => new(GetStdHandle(which), ownsHandle: false);

    private static SafeFileHandle? Copy(ChildStartInfo startInfo, SafeHandle? given, SafeFileHandle own)
    {
        SafeHandle source = given ?? own;
        nint self = GetCurrentProcess();
        if (given is null && own.IsInvalid)
        {
            return null;
        }

        if (DuplicateHandle(self, source, self, out SafeFileHandle copy, 0, inheritHandle: true, DUPLICATE_SAME_ACCESS))
        {
            return copy;
        }

        int error = Marshal.GetLastPInvokeError();
        copy.Dispose();

        // One of our own that is stale is as good as none; one that was asked for is not.
        return given is null
            ? null
            : throw WindowsError.Exception(error, $"Cannot start '{startInfo.FileName}': a standard handle cannot be inherited");
    }

    private nint Number(int which) => _copies[which]?.DangerousGetHandle() ?? 0;

    private void Pass(ChildStartInfo startInfo, IReadOnlyList<SafeHandle> passed)
    {
        if (passed.Count == 0)
        {
            return;
        }

        s_passing.Enter();
        _locked = true;
        foreach (SafeHandle handle in passed)
        {
            bool isHeld = false;
            handle.DangerousAddRef(ref isHeld);
            _held.Add(handle);
            if (!GetHandleInformation(handle, out uint flags))
            {
                throw WindowsError.LastException($"Cannot start '{startInfo.FileName}': a passed handle is not usable");
            }

            if ((flags & HANDLE_FLAG_INHERIT) == 0)
            {
                if (!SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
                {
                    throw WindowsError.LastException($"Cannot start '{startInfo.FileName}': a passed handle cannot be inherited");
                }

                _madeInheritable.Add(handle);
            }

            _passed.Add(handle.DangerousGetHandle());
        }
    }
}
