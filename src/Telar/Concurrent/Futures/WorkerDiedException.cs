using System.Globalization;
using System.Text;

namespace Telar.Concurrent.Futures;

/// <summary>The worker process that ran a call died. Only this call ends with it; the pool has replaced the worker and goes on.</summary>
/// <remarks>
/// Whether the call did some of its work before is not known: it is run again only when <see cref="CallOptions.Retries"/> allows it.
/// Python breaks the whole pool instead (<c>BrokenProcessPool</c>), or never answers (<c>multiprocessing.Pool</c>).
/// </remarks>
public sealed class WorkerDiedException : Exception
{
    internal WorkerDiedException(WorkerDeath death)
        : base(Describe(death))
    {
        Worker = death.Worker;
        ProcessId = death.ProcessId;
        ExitCode = death.ExitCode;
        Signal = death.Signal;
        CallId = death.CallId;
        CallName = death.CallName;
        Attempts = death.Attempts;
        Elapsed = death.Elapsed;
        PeakMemory = death.PeakMemory;
        OutOfMemory = death.OutOfMemory;
        MemoryLimit = death.MemoryLimit;
        StandardErrorTail = death.StandardErrorTail;
    }

    /// <summary>The name of the worker, such as <c>pool-1/3</c>.</summary>
    public string Worker { get; }

    /// <summary>The process id that the worker had.</summary>
    public int ProcessId { get; }

    /// <summary>How the process ended, as Python counts: zero or more is an exit code, -9 is "killed by signal 9".</summary>
    /// <value><see langword="null"/> when the system could not tell.</value>
    public int? ExitCode { get; }

    /// <summary>The name of the signal that killed it, such as <c>SIGKILL</c>.</summary>
    /// <value><see langword="null"/> when it ended by itself.</value>
    public string? Signal { get; }

    /// <summary>The number of the call in its pool.</summary>
    public long CallId { get; }

    /// <summary>The name of the call; <see langword="null"/> when it was given none.</summary>
    public string? CallName { get; }

    /// <summary>How many times the call was started; each of them ended with the death of a worker.</summary>
    public int Attempts { get; }

    /// <summary>How long the last attempt had run.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The most memory that the worker had resident, in bytes.</summary>
    /// <value><see langword="null"/> when it is not known.</value>
    public long? PeakMemory { get; }

    /// <summary>Whether there is evidence that the system ran out of memory and killed the worker for it.</summary>
    public bool OutOfMemory { get; }

    /// <summary>The limit (<see cref="ProcessPoolOptions.HardMemoryLimit"/>) for which the pool killed the worker, in bytes.</summary>
    /// <value><see langword="null"/> when that was not the reason.</value>
    public long? MemoryLimit { get; }

    /// <summary>The last lines that the worker wrote to standard error, oldest first.</summary>
    public IReadOnlyList<string> StandardErrorTail { get; }

    private static string Describe(WorkerDeath death)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Worker '{death.Worker}' (process {death.ProcessId}) {Ending(death)}, ");
        text.Append(CultureInfo.InvariantCulture, $"{Phrases.Duration(death.Elapsed)} into {Phrases.Call(death.CallName, death.CallId)}");
        if (death.Attempts > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $", in attempt {death.Attempts}");
        }

        text.Append(". ").Append(Cause(death));
        if (death.PeakMemory is { } peak)
        {
            text.Append(CultureInfo.InvariantCulture, $" Its memory peaked at {Phrases.Bytes(peak)}.");
        }

        text.Append(" Only this call failed; the pool goes on.");
        if (death is { Attempts: 1, MemoryLimit: null })
        {
            text.Append(" If it may safely run twice, set CallOptions.Retries.");
        }

        if (death.StandardErrorTail.Count > 0)
        {
            text.AppendLine().Append("The last lines of its standard error:");
            foreach (string line in death.StandardErrorTail)
            {
                text.AppendLine().Append("  | ").Append(line);
            }
        }

        return text.ToString();
    }

    private static string Ending(WorkerDeath death) => death switch
    {
        { Damage: not null } or { MemoryLimit: not null } => "was killed by its pool",
        { Signal: { } signal } => $"was killed by {signal}",
        { ExitCode: { } code and >= 0 } => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {code}"),
        { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"was killed by signal {-code}"),
        _ => "ended in a way the system did not tell",
    };

    private static string Cause(WorkerDeath death) => death switch
    {
        { MemoryLimit: { } limit } => $"Its private memory ({Phrases.Bytes(death.MemoryUsed ?? 0)}) was beyond HardMemoryLimit ({Phrases.Bytes(limit)}): " +
            "raise the limit, or use less memory in each call.",
        { Damage: { } damage } => $"The connection to it broke: {damage} Something in the worker used a descriptor that is not its own.",
        { OutOfMemory: true } => "The system ran out of memory: use fewer workers, or less memory in each call.",
        { Signal: "SIGKILL" } => "Something outside it did that: a memory limit, the out-of-memory killer or an operator.",
        { Signal: "SIGABRT" } => "The runtime gave up: an unhandled exception on another thread, a stack overflow, a fatal error or Environment.FailFast.",
        { Signal: "SIGSEGV" or "SIGBUS" or "SIGILL" or "SIGFPE" } => "Native code crashed.",
        { Signal: not null } or { ExitCode: < 0 } => "Something sent it that signal: an operator, or the code it ran.",
        { ExitCode: 143 } => "That is how .NET ends after SIGTERM: an operator, a service manager or a shutdown asked it to.",
        { ExitCode: >= 0 } => "The call, or code that it used, ended the process (Environment.Exit, say).",
        _ => "Somebody else in this process collected its exit status.",
    };
}
