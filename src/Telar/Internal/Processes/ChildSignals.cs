using Telar.Internal.Native;

namespace Telar.Internal.Processes;

/// <summary>Sees to it that the kernel keeps the statuses of children.</summary>
internal static unsafe class ChildSignals
{
    /// <summary>
    /// Undoes an ignored SIGCHLD, which a process inherits from some daemons and from shells with <c>trap '' CHLD</c>:
    /// under it the kernel forgets each status at once, and <see cref="System.Diagnostics.Process"/> waits for ever.
    /// </summary>
    /// <remarks>A question of one system call: native code may set it again at any time, so every start asks.</remarks>
    internal static void KeepStatuses()
    {
        Interop.Libc.SignalAction current;
        if (Interop.Libc.sigaction(SignalNumber.SIGCHLD, null, &current) != 0)
        {
            throw NativeError.LastException("Asking for the action of SIGCHLD failed");
        }

        if (!LosesStatuses(current))
        {
            return;
        }

        Interop.Libc.SignalAction standard = current;
        standard.Flags &= ~Interop.Libc.SA_NOCLDWAIT;
        if (standard.Handler == Interop.Libc.SIG_IGN)
        {
            standard.Handler = Interop.Libc.SIG_DFL;
        }

        Interop.Libc.SignalAction previous;
        if (Interop.Libc.sigaction(SignalNumber.SIGCHLD, &standard, &previous) == 0 && !LosesStatuses(previous))
        {
            // The runtime set its own handler between our question and our answer: it must have it back.
            _ = Interop.Libc.sigaction(SignalNumber.SIGCHLD, &previous, null);
        }
    }

    /// <summary>
    /// Keeps the runtime from reaping a child before its pidfd is open. As process 1 (in a container without an init) the
    /// runtime reaps every child at each SIGCHLD, once <see cref="System.Diagnostics.Process"/> was used. With a pidfd the
    /// kernel can still tell the status afterwards; without one it is lost, which one quick child in ten was.
    /// </summary>
    /// <remarks>
    /// One in some hundreds still is, when the runtime is at that moment busy with the signal of an earlier child. Where
    /// the C library has pidfd_spawn (glibc 2.39), none is: there this only saves the number of the child.
    /// </remarks>
    /// <param name="held">What <see cref="Release"/> needs.</param>
    /// <returns>Whether there is something to release.</returns>
    internal static bool Hold(out Interop.Libc.SignalAction held)
    {
        Interop.Libc.SignalAction none = default;
        Interop.Libc.SignalAction previous = default;
        bool isHeld = Environment.ProcessId == 1
            && Interop.Libc.sigaction(SignalNumber.SIGCHLD, &none, &previous) == 0
            && previous.Handler != Interop.Libc.SIG_DFL;
        held = isHeld ? previous : default;
        return isHeld;
    }

    /// <summary>Gives the runtime its signal back, and makes up for one that it has missed.</summary>
    /// <param name="held">What <see cref="Hold"/> gave.</param>
    internal static void Release(Interop.Libc.SignalAction held)
    {
        Interop.Libc.SignalAction previous;
        if (Interop.Libc.sigaction(SignalNumber.SIGCHLD, &held, &previous) == 0 && previous.Handler != Interop.Libc.SIG_DFL)
        {
            // Somebody has set a handler meanwhile: it stays.
            _ = Interop.Libc.sigaction(SignalNumber.SIGCHLD, &previous, null);
        }

        _ = Interop.Libc.kill(Environment.ProcessId, SignalNumber.SIGCHLD);
    }

    private static bool LosesStatuses(in Interop.Libc.SignalAction action) =>
        action.Handler == Interop.Libc.SIG_IGN || (action.Flags & Interop.Libc.SA_NOCLDWAIT) != 0;
}
