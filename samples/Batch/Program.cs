// Runs a command for each item, some at a time, as GNU parallel does:
//   Batch -j4 --joblog jobs.log --progress gzip -k {} ::: *.txt
//   find . -name '*.png' | Batch --joblog jobs.log --resume optipng {}
// Ctrl-C: nothing more starts, what runs ends in peace. Ctrl-C again: it is stopped. The job log is right in any case, also after
// kill -9, and --resume goes on from there.
using System.Runtime.InteropServices;
using Parallel;
using Telar.Subprocesses;

if (args is [] or ["-h" or "--help"])
{
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

using CancellationTokenSource stopStarting = new();
using CancellationTokenSource stopAll = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
{
    signal.Cancel = !stopAll.IsCancellationRequested;
    (stopStarting.IsCancellationRequested ? stopAll : stopStarting).Cancel();
});

try
{
    Arguments arguments = Arguments.Parse(args);
    await using Stream stdout = Console.OpenStandardOutput();
    await using Stream stderr = Console.OpenStandardError();
    BatchOptions options = arguments.Options with
    {
        // A group of their own: Ctrl-C at the terminal is for this program alone.
        Run = new RunOptions { CaptureOutput = true, ProcessGroup = 0, KillOnParentExit = true },
        Stdout = stdout,
        Stderr = stderr,
        StopStarting = stopStarting.Token,
    };

    BatchReport report = await ProgressBar.ShowAsync(
        arguments.ShowsProgress,
        progress => Batch.RunAsync(arguments.Items, arguments.CommandFor, options with { Progress = progress }, stopAll.Token));
    return stopStarting.IsCancellationRequested ? 130 : Math.Min(report.Progress.Failed, 101);
}
catch (BatchCanceledException cancelled)
{
    Console.Error.WriteLine(cancelled.Message);
    return 130;
}
catch (Exception problem) when (problem is IOException or ArgumentException or FormatException)
{
    Console.Error.WriteLine(problem.Message);
    return 255;
}
