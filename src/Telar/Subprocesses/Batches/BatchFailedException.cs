using System.Globalization;
using System.Text;

namespace Telar.Subprocesses;

/// <summary>Not all commands of a batch succeeded.</summary>
/// <remarks><b>Thread safety.</b> As any exception.</remarks>
public sealed class BatchFailedException : SubprocessException
{
    private const int Named = 3;

    internal BatchFailedException(BatchReport report)
        : base(Describe(report)) => Report = report;

    /// <summary>What became of the batch, all results included.</summary>
    public BatchReport Report { get; }

    private static string Describe(BatchReport report)
    {
        BatchProgress progress = report.Progress;
        BatchResult[] failed = [.. report.Results.Where(result => !result.IsSuccess && result.Outcome != BatchOutcome.DryRun)];
        string of = progress.Total is { } total ? string.Create(CultureInfo.InvariantCulture, $" of {total}") : "";
        StringBuilder text = new();
        _ = text.Append(CultureInfo.InvariantCulture, $"{failed.Length}{of} commands failed");
        if (!report.IsComplete)
        {
            _ = text.Append(report.IsHalted ? ", and the batch was halted before all were started" : ", and not all were started");
        }

        foreach (BatchResult result in failed.Take(Named))
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"{(result == failed[0] ? ": " : "; ")}number {result.Seq} {result.Ending.TrimEnd('.')}");
        }

        return text.Append(failed.Length > Named ? "; ..." : ".").ToString();
    }
}
