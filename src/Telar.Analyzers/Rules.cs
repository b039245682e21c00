using Microsoft.CodeAnalysis;

namespace Telar.Analyzers;

/// <summary>What is reported, in which words, and how loudly.</summary>
public static class Rules
{
    /// <summary>A <c>lock</c> statement, or <c>Monitor</c>, on a Telar lock.</summary>
    public static readonly DiagnosticDescriptor MonitorOnTelarLock = new(
        "TELAR001",
        "A Telar lock is no Monitor",
        "'{0}' takes a Monitor on the {1}, not the lock itself: who has acquired it is not kept out. Write '{2}'.",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        description: "Every object has a Monitor beside it. The lock statement takes that one, and two threads that believe to hold the same lock do not exclude each other.");

    /// <summary>The value of <c>Enter</c> is dropped.</summary>
    public static readonly DiagnosticDescriptor ScopeNeverDisposed = new(
        "TELAR002",
        "What Enter returns is to be disposed",
        "What '{0}' returns releases the {1} when it is disposed, and nothing here does that: it stays held. Write '{2}', or call {3} if it is to stay held.",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A LockScope is made for a using statement. Dropped, it leaves the lock taken, and the next one to come waits for ever.");

    /// <summary>A thread is blocked where it need not be.</summary>
    public static readonly DiagnosticDescriptor BlockingWaitInAsync = new(
        "TELAR003",
        "A wait in an async method need not block its thread",
        "'{0}' blocks the thread that runs this async method. Await '{1}' instead.",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "A blocked thread of the pool does nothing else. Every wait of Telar that no thread owns has an async twin on the same object.");

    /// <summary>A lock that its thread owns is held over an <c>await</c>.</summary>
    public static readonly DiagnosticDescriptor AwaitWhileThreadOwns = new(
        "TELAR004",
        "A lock that its thread owns cannot be held over an await",
        "After this await the code goes on on any thread, but the {0} '{1}' can be released only by the one that acquired it. Release it before, or use {2}, which async code may hold.",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "On another thread the release throws, and the lock stays taken for ever. Where a synchronization context brings the code back to its thread, whatever else runs there meanwhile is let in too.");

    /// <summary><c>Context.Run</c> is given an async function.</summary>
    public static readonly DiagnosticDescriptor AsyncFunctionInRun = new(
        "TELAR005",
        "Context.Run leaves at the first await",
        "'Run' leaves the context when the async function first awaits: what it sets from there on is lost to the context. Use 'RunAsync', which stays until its end.",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "An async function returns its task at the first await that has to wait. RunAsync leaves the context when the task has ended.");

    private const string Category = "Telar.Usage";
}
