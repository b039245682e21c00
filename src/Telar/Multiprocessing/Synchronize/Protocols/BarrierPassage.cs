using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>What a wait at a barrier came to.</summary>
/// <param name="Verdict">How the meeting ended.</param>
/// <param name="Number">The number of the party, when it passed.</param>
/// <param name="Own">TimedOut or Cancelled when this party itself broke the barrier.</param>
internal readonly record struct BarrierPassage(BarrierVerdict Verdict, int Number = 0, WaitOutcome Own = WaitOutcome.Granted);
