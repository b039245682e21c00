namespace Telar.Threading;

/// <summary>Who holds a lock.</summary>
/// <param name="Thread">The thread that acquired it, <see langword="null"/> for an await, which no thread owns.</param>
/// <param name="Since">When, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
internal sealed record LockHolding(System.Threading.Thread? Thread, long Since);
