namespace Telar.Subprocesses.Output;

/// <summary>Only for output, inside of this library: into a sink that is made already.</summary>
/// <param name="Sink">The sink; disposed by the run.</param>
internal sealed record SinkStdio(OutputSink Sink) : Stdio;
