using System.Globalization;
using Telar.Internal.Native;
using Telar.Multiprocessing;

namespace Telar.Specs.Crashes;

/// <summary>Runs inside a worker: ends it, in one of the ways of the grid.</summary>
internal static class Crash
{
    private const int DataDescriptor = 3;

    private static readonly List<byte[]> s_hoard = [];

    /// <summary>The number of the signal that a way is named after; 0 for another way.</summary>
    public static int SignalOf(string way) => way switch
    {
        "sigkill" => 9,
        "sigsegv" => 11,
        "sigabrt" => 6,
        "sigterm" => 15,
        "sighup" => 1,
        "sigusr1" => 10,
        "sigxcpu" => 24,
        "stopped" => 19,
        _ => 0,
    };

    /// <summary>Whether the way is a signal that this process ignores, which its workers then do, too.</summary>
    public static bool IsIgnored(string way)
    {
        const string Field = "SigIgn:";
        string mask = File.ReadLines("/proc/self/status").Single(static line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..];
        int signal = SignalOf(way);
        return signal > 0 && (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) != 0;
    }

    /// <summary>Ends this process, or hangs.</summary>
    public static unsafe void Now(string way)
    {
        if (!ProcessHost.IsWorker)
        {
            throw new InvalidOperationException("Only a worker may crash.");
        }

        switch (way)
        {
            case "sigsegv":
                // Far from null, where the runtime would make an exception of it.
                *(long*)0x1234_5678_9000 = 1;
                break;
            case "exit-0":
                Environment.Exit(0);
                break;
            case "exit-3":
                Environment.Exit(3);
                break;
            case "fail-fast":
                Environment.FailFast("the test says so");
                break;
            case "thread-throws":
                new Thread(static () => throw new InvalidOperationException("unhandled")).Start();
                break;
            case "stack-overflow":
                _ = Deeper(1);
                break;
            case "close-socket":
                _ = Interop.Libc.close(DataDescriptor);
                break;
            case "garbage":
                using (Microsoft.Win32.SafeHandles.SafeFileHandle data = new(DataDescriptor, ownsHandle: false))
                {
                    DescriptorIO.Write(data, "this is no frame, whatever else it may be"u8);
                }

                break;
            case "memory":
                HoardUntilKilled();
                break;
            case "throw":
                throw new InvalidOperationException("the test says so");
            case "hang":
                break;
            default:
                _ = Interop.Libc.kill(Environment.ProcessId, SignalOf(way));
                break;
        }

        Hang();
    }

    /// <summary>Ends this process a moment later, when the call that asks for it has most likely answered.</summary>
    public static void Soon(string way) => new Thread(() =>
    {
        new ManualResetEventSlim().Wait(20);
        Now(way);
    }).Start();

    /// <summary>Ends this process as soon as it puts a big result into a memory file.</summary>
    public static void WhileEncoding(string way) => new Thread(() =>
    {
        while (!Directory.GetFiles("/proc/self/fd").Any(static link => new FileInfo(link).LinkTarget?.Contains("telar-blobs", StringComparison.Ordinal) == true))
        {
        }

        Now(way);
    }).Start();

    public static int Hang()
    {
        new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
        return 0;
    }

    private static int Deeper(int level) => level + Deeper(level + 1) + Deeper(level + 2);

    private static void HoardUntilKilled()
    {
        // Slowly enough to stay small: the pool looks every 20 ms.
        while (s_hoard.Count < 100)
        {
            byte[] block = new byte[16 << 20];
            block.AsSpan().Fill(1);
            s_hoard.Add(block);
            new ManualResetEventSlim().Wait(10);
        }
    }
}
