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

    private const string Category = "Telar.Usage";
}
