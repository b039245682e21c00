namespace Telar.Multiprocessing.Synchronize;

/// <summary>A word, and what it was when it was looked at: a sleeper sleeps only while it still is.</summary>
/// <param name="Index">Which word.</param>
/// <param name="Seen">What it was.</param>
internal readonly record struct SleepPoint(int Index, int Seen);
