using Telar.Subprocesses.Output;

namespace Telar.Subprocesses;

/// <summary>Where a stream of one attempt goes, besides to streams of the caller.</summary>
/// <param name="Kept">The end of it in memory, when no more than that is kept.</param>
/// <param name="File">Its file in the results directory.</param>
internal readonly record struct BatchRoute(TailSink? Kept, ResultFile? File);
