namespace Telar.Concurrent.Interpreters;

// Invariants
//   I1  _hasEnded only goes from false to true, by Close; who sees it late has looked before the interpreter was closed.

/// <summary>Says whether an interpreter was closed, to those who must not keep it in memory.</summary>
internal sealed class InterpreterLife(long id)
{
    private volatile bool _hasEnded;

    public long Id { get; } = id;

    public bool HasEnded => _hasEnded;

    public void End() => _hasEnded = true;
}
