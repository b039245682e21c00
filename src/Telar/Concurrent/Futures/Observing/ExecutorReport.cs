using System.Globalization;
using System.Text;
using Telar.Internal.Diagnostics;
using Telar.Internal.Waiting;
using Telar.Threading;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>Writes for a reader what an executor, its workers and their threads do.</summary>
internal static class ExecutorReport
{
    // For one process; the sampler of a process whose processors are all busy may need longer than there is time.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static string Of(Executor executor)
    {
        StringBuilder text = new();
        ExecutorStatistics statistics = executor.Statistics;
        text.AppendLine(CultureInfo.InvariantCulture, $"{executor}: {statistics}.");
        WorkerStatistics[] workers = [.. statistics.Workers.Where(static worker => worker.Status != WorkerStatus.Ended)];
        foreach (WorkerStatistics worker in workers)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {worker}");
        }

        IReadOnlyDictionary<int, string> said = executor.AskWorkerProcesses(s_patience);
        int[] processes = [.. workers.Select(static worker => worker.ProcessId).Where(static id => id != 0).DefaultIfEmpty(Environment.ProcessId).Distinct()];
        foreach (int process in processes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Process {process}:");
            ProcessReport.Append(text, process, WaitDeadline.After(s_patience));
            AppendLines(text, process == Environment.ProcessId
                ? ThreadingDiagnostics.DumpState()
                : said.GetValueOrDefault(process, "It did not answer: it is stopped or starved, or the question came from a callback of its own pool."));
        }

        return text.ToString();
    }

    private static void AppendLines(StringBuilder text, string lines)
    {
        foreach (string line in lines.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {line}");
        }
    }
}
