namespace Telar.Benchmarks;

/// <summary>A side cannot be measured here; the message says why, and what to do about it.</summary>
internal sealed class MissingSideException(string message) : Exception(message);
