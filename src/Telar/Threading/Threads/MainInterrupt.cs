using System.Runtime.InteropServices;

namespace Telar.Threading.Threads;

/// <summary>Ctrl-C as a token, and signals that the program sends to itself.</summary>
// State machine
//
//   quiet --first read of Token--> watching --SIGINT, or InterruptMain(SIGINT)--> interrupted: the token is cancelled
//   interrupted --SIGINT that nobody simulated--> what a Ctrl-C always does
//
// Locks
//   s_gate guards the registration. The token is cancelled outside it.
//   s_raising lets one simulated signal through at a time: with two on the way, the guards of both would be gone with the first, and the
//   second would end the program. It is held until the runtime has called the guard, or s_patience is over.
internal static class MainInterrupt
{
    // The named values of PosixSignal count down from -1: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCHLD, SIGCONT, SIGWINCH, SIGTTIN, SIGTTOU,
    // SIGTSTP. Linux and macOS number three of them differently.
    private static readonly int[] s_numbers =
        OperatingSystem.IsLinux() ? [1, 2, 3, 15, 17, 18, 28, 21, 22, 20] : [1, 2, 3, 15, 20, 19, 28, 21, 22, 18];

    // Far more than a signal to oneself takes. It is over only where the signal is blocked for the whole process.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private static readonly System.Threading.Lock s_raising = new();
    private static readonly System.Threading.Lock s_gate = new();
    private static readonly CancellationTokenSource s_source = new();
    private static PosixSignalRegistration? s_registration;

    public static CancellationToken Token
    {
        get
        {
            lock (s_gate)
            {
                s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
            }

            return s_source.Token;
        }
    }

    /// <summary>Lets the handlers of a signal run as if it had arrived, without what it does to a program that handles it nowhere.</summary>
    public static void Raise(PosixSignal signal)
    {
        if (signal == PosixSignal.SIGINT)
        {
            s_source.Cancel();
        }

        if (OperatingSystem.IsWindows())
        {
            // There is no way to send one to this process alone.
            return;
        }

        int number = NumberOf(signal);
        using ManualResetEventSlim arrived = new();
        lock (s_raising)
        {
            using PosixSignalRegistration guard = PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                arrived.Set();
            });
            if (Interop.UnixLibc.kill(Environment.ProcessId, number) == 0)
            {
                // The runtime calls handlers on a thread of its own. The guard stays until they are on the way.
                _ = arrived.Wait(s_patience);
            }
        }
    }

    private static void OnInterrupt(PosixSignalContext context)
    {
        if (!s_source.IsCancellationRequested)
        {
            context.Cancel = true;
            s_source.Cancel();
        }
    }

    private static int NumberOf(PosixSignal signal)
    {
        int value = (int)signal;
        int number = value < 0 && value >= -s_numbers.Length ? s_numbers[-value - 1] : value;
        return number is > 0 and <= 64
            ? number
            : throw new ArgumentOutOfRangeException(nameof(signal), signal, $"{value} is no signal: their numbers go from 1 to 64.");
    }
}
