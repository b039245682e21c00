using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Internal.Processes;

/// <summary>The attributes of a posix_spawn: session, group and signals of the child.</summary>
internal sealed unsafe class SpawnAttributes : IDisposable
{
    private const int LastSignal = 64;

    // Not only those that .NET ignores: the C library asks in the child about each signal that is left out, and one system
    // call a signal is a tenth of the time that a start takes.
    private static readonly Interop.Libc.SignalSet s_restored = AllBut(
        // Nobody can set these.
        SignalNumber.SIGKILL, SignalNumber.SIGSTOP,

        // Ignored on purpose by nohup, by shells for what they start in the background, and by daemons: their children inherit it.
        SignalNumber.SIGHUP, SignalNumber.SIGINT, SignalNumber.SIGQUIT, SignalNumber.SIGTERM, SignalNumber.SIGUSR1, SignalNumber.SIGUSR2,
        SignalNumber.SIGALRM, SignalNumber.SIGTSTP, SignalNumber.SIGTTIN, SignalNumber.SIGTTOU);

    private readonly void* _memory = NativeMemory.AllocZeroed(Interop.Libc.SpawnAttributesSize);
    private bool _made;

    /// <summary>The posix_spawnattr_t.</summary>
    internal void* Pointer => _memory;

    /// <summary>Fills them; once.</summary>
    /// <param name="startInfo">What is to be started.</param>
    /// <exception cref="IOException">There is no memory left.</exception>
    internal void Fill(ChildStartInfo startInfo)
    {
        Require(Interop.Libc.posix_spawnattr_init(_memory), startInfo);
        _made = true;
        short flags = 0;
        if (startInfo.NewSession)
        {
            // The leader of a session leads a group too, and may not ask for one.
            flags |= Interop.Libc.POSIX_SPAWN_SETSID;
        }
        else if (startInfo.JoinedGroup is int group)
        {
            flags |= Interop.Libc.POSIX_SPAWN_SETPGROUP;
            Require(Interop.Libc.posix_spawnattr_setpgroup(_memory, group), startInfo);
        }
        else if (startInfo.NewProcessGroup)
        {
            flags |= Interop.Libc.POSIX_SPAWN_SETPGROUP;
            Require(Interop.Libc.posix_spawnattr_setpgroup(_memory, 0), startInfo);
        }

        if (startInfo.RestoreSignals)
        {
            flags |= Interop.Libc.POSIX_SPAWN_SETSIGDEF | Interop.Libc.POSIX_SPAWN_SETSIGMASK;
            Interop.Libc.SignalSet none = default;
            Require(Interop.Libc.posix_spawnattr_setsigmask(_memory, &none), startInfo);
            Interop.Libc.SignalSet restored = s_restored;
            Require(Interop.Libc.posix_spawnattr_setsigdefault(_memory, &restored), startInfo);
        }

        Require(Interop.Libc.posix_spawnattr_setflags(_memory, flags), startInfo);
    }

    public void Dispose()
    {
        if (_made)
        {
            _ = Interop.Libc.posix_spawnattr_destroy(_memory);
        }

        NativeMemory.Free(_memory);
    }

    private static Interop.Libc.SignalSet AllBut(params ReadOnlySpan<int> signals)
    {
        Interop.Libc.SignalSet set = default;
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            if (!signals.Contains(signal))
            {
                set.Add(signal);
            }
        }

        return set;
    }

    private static void Require(int error, ChildStartInfo startInfo)
    {
        if (error != 0)
        {
            throw NativeError.Exception(error, $"Cannot start '{startInfo.FileName}': preparing it failed");
        }
    }
}
