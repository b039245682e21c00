namespace Telar.Concurrent.Futures.Calls;

/// <summary>The result of a call that returns none.</summary>
internal readonly struct Nothing;
