namespace Telar.Subprocesses.Pipelines;

/// <summary>What became of one stage: either it has come to its end, or it was stopped with the whole pipeline.</summary>
/// <param name="Process">Its end.</param>
/// <param name="Stop">How it was stopped, with what it had written.</param>
internal readonly record struct StageEnd(CompletedProcess? Process, SubprocessCanceledException? Stop);
