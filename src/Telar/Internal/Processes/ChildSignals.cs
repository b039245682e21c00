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

    private static bool LosesStatuses(in Interop.Libc.SignalAction action) =>
        action.Handler == Interop.Libc.SIG_IGN || (action.Flags & Interop.Libc.SA_NOCLDWAIT) != 0;
}
