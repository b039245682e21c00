using System.Diagnostics.Tracing;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>Events of executors for <c>dotnet-trace</c> and event listeners: <c>--providers Telar.Concurrent.Futures</c>.</summary>
/// <remarks>A call or worker without a name has an empty one. Times are in milliseconds.</remarks>
[EventSource(Name = ExecutorMeter.Name)]
internal sealed class ExecutorEvents : EventSource
{
    internal static readonly ExecutorEvents Log = new();

    // With the name, which is the attribute's: to look for the attribute is most of what it costs to make a source.
    private ExecutorEvents()
        : base(ExecutorMeter.Name, EventSourceSettings.EtwManifestEventFormat)
    {
    }

    [Event(1, Level = EventLevel.Informational, Keywords = Keywords.Calls, Message = "{0}: call '{1}' was submitted")]
    public void CallSubmitted(string executor, string call)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Calls))
        {
            WriteEvent(1, executor, call);
        }
    }

    [Event(2, Level = EventLevel.Informational, Keywords = Keywords.Calls, Message = "{0}: call '{1}' began on '{2}', attempt {3}, {4} ms after its submission")]
    public void CallBegan(string executor, string call, string worker, int attempt, double sinceSubmission)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Calls))
        {
            WriteEvent(2, executor, call, worker, attempt, sinceSubmission);
        }
    }

    [Event(3, Level = EventLevel.Informational, Keywords = Keywords.Calls, Message = "{0}: call '{1}' {3} on '{2}' after {5} ms {4}")]
    public void CallEnded(string executor, string call, string worker, string outcome, string errorType, double runTime)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Calls))
        {
            WriteEvent(3, executor, call, worker, outcome, errorType, runTime);
        }
    }

    [Event(4, Level = EventLevel.Informational, Keywords = Keywords.Workers, Message = "{0}: worker '{1}' started (process {2})")]
    public void WorkerStarted(string executor, string worker, int processId)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Workers))
        {
            WriteEvent(4, executor, worker, processId);
        }
    }

    [Event(5, Level = EventLevel.Informational, Keywords = Keywords.Workers, Message = "{0}: worker '{1}' ended as told, after {2} calls")]
    public void WorkerStopped(string executor, string worker, long calls)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Workers))
        {
            WriteEvent(5, executor, worker, calls);
        }
    }

    [Event(6, Level = EventLevel.Warning, Keywords = Keywords.Workers, Message = "{0}: worker '{1}' died: {2}")]
    public void WorkerDied(string executor, string worker, string cause)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Workers))
        {
            WriteEvent(6, executor, worker, cause);
        }
    }

    [Event(7, Level = EventLevel.Error, Keywords = Keywords.Workers, Message = "{0} is broken: {1}")]
    public void ExecutorBroken(string executor, string cause)
    {
        if (IsEnabled(EventLevel.Error, Keywords.Workers))
        {
            WriteEvent(7, executor, cause);
        }
    }

    [Event(8, Level = EventLevel.Warning, Keywords = Keywords.Hangs, Message = "{0}: {1} calls run and none has ended for {2} ms\n{3}")]
    public void Hung(string executor, int running, double quiet, string state)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Hangs))
        {
            WriteEvent(8, executor, running, quiet, state);
        }
    }

    /// <summary>What to ask for: the number after the provider's name in <c>dotnet-trace</c>.</summary>
    public static class Keywords
    {
        public const EventKeywords Calls = (EventKeywords)1;
        public const EventKeywords Workers = (EventKeywords)2;
        public const EventKeywords Hangs = (EventKeywords)4;
    }
}
