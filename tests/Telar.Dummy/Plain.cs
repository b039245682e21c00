using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using Telar.Internal.Processes;

namespace Telar.Dummy;

/// <summary>What a child does by itself. A line <c>ready</c> says that it has got to the point.</summary>
internal static class Plain
{
    internal static int Usage()
    {
        Console.Error.WriteLine(
            "dummy echo TEXT.. | env | cwd | exit CODE | crash SIGNAL | sleep | ignore-term | die-with-parent"
            + " | run PROGRAM ARGUMENT.. | exhaust | many COUNT [process-first] [observe-sigchld] [fallback]"
            + " | relay IN OUT ERR SCRIPT [REPORT] | swap FILE FILE FILE REPORT | threads COUNT stays|stays-not|async"
            + " | refused user|group|groups|nice|limit | adopt kill|exit");
        return 64;
    }

    internal static int Echo(string[] texts)
    {
        foreach (string text in texts)
        {
            Console.WriteLine(text);
        }

        return 0;
    }

    internal static int PrintEnvironment()
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            Console.WriteLine($"{variable.Key}={variable.Value}");
        }

        return 0;
    }

    internal static int PrintDirectory()
    {
        Console.WriteLine(Environment.CurrentDirectory);
        return 0;
    }

    internal static int Exit(string code) => int.Parse(code, CultureInfo.InvariantCulture);

    internal static int Crash(string signal)
    {
        _ = Interop.Libc.kill(Environment.ProcessId, int.Parse(signal, CultureInfo.InvariantCulture));
        return Sleep();
    }

    internal static int Sleep()
    {
        Console.WriteLine("ready");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    internal static int IgnoreTerm()
    {
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        return Sleep();
    }

    internal static int DieWithParent()
    {
        _ = Interop.Libc.prctl(Interop.Libc.PR_SET_PDEATHSIG, SignalNumber.SIGKILL, 0, 0, 0);
        return Sleep();
    }
}
