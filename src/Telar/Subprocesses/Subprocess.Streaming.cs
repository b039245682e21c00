namespace Telar.Subprocesses;

public static partial class Subprocess
{
    /// <summary>Runs a program and gives its lines as they come.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">
    /// The run; null for all defaults. A stream that is left at null is read here, the others go where they are sent. With
    /// <see cref="RunOptions.CaptureOutput"/> what is read is also kept for <see cref="OutputLines.Completion"/>. A time limit
    /// counts the reader's own time too.
    /// </param>
    /// <param name="cancellationToken">Stops the child.</param>
    /// <returns>The lines; nothing starts before they are read.</returns>
    /// <remarks>
    /// <code>
    /// await foreach (OutputLine line in Subprocess.Stream(["ping", "-c", "3", host]))
    /// {
    ///     Console.WriteLine(line.Text);
    /// }
    /// </code>
    /// Python: a loop over <c>Popen.stdout</c>.
    /// </remarks>
    public static OutputLines Stream(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return new OutputLines(RunAsync, command, options ?? new RunOptions(), cancellationToken);
    }

    /// <summary>Runs a program and gives the lines of its standard output as they come. The thread waits for them.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">As in <see cref="Stream"/>, except that standard error left at null is inherited.</param>
    /// <param name="cancellationToken">Stops the child.</param>
    /// <returns>The lines; every loop over them runs the program anew. What a run throws comes out of the loop after the last line.</returns>
    public static IEnumerable<string> ReadLines(
        CommandLine command, RunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Read(command, options ?? new RunOptions(), cancellationToken);

        static IEnumerable<string> Read(CommandLine command, RunOptions options, CancellationToken cancellationToken)
        {
            OutputLines lines = Stream(command, options with { Stderr = options.Stderr ?? Stdio.Inherit }, cancellationToken);
            foreach (OutputLine line in lines.ToBlockingEnumerable(CancellationToken.None))
            {
                yield return line.Text;
            }
        }
    }
}
