namespace Telar.Concurrent.Futures;

/// <summary>How far a call has come, as it says itself.</summary>
/// <param name="Fraction">From 0 for nothing to 1 for all, as a rule; what it means is between the call and whoever listens.</param>
/// <param name="Message">What the call does now; <see langword="null"/> when it said nothing.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public readonly record struct TaskProgress(double Fraction, string? Message = null);
