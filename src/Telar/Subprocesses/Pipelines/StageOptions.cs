namespace Telar.Subprocesses.Pipelines;

/// <summary>Works out with what each stage of a pipeline is started.</summary>
internal static class StageOptions
{
    /// <summary>The options of each stage. The streams between two stages are still null.</summary>
    /// <param name="pipeline">The stages.</param>
    /// <param name="shared">What holds for all stages without options of their own.</param>
    /// <returns>As many as there are stages.</returns>
    /// <exception cref="ArgumentException">A choice of streams has no meaning at its place.</exception>
    internal static PopenOptions[] Of(Pipeline pipeline, PopenOptions shared)
    {
        bool usesSharedStderr = pipeline.Count > 1 && pipeline.Any(stage => stage.Options?.Stderr is null);
        if (usesSharedStderr && shared.Stderr is FileStdio { Append: false } or StreamStdio or LinesStdio or TeeStdio)
        {
            throw new ArgumentException(
                $"Standard error of {pipeline.Count} stages cannot lead to one {Name(shared.Stderr)}: they would write over each other. "
                + "Capture it, append to a file, use a handle, or give each stage its own with CommandLine.With.");
        }

        var options = new PopenOptions[pipeline.Count];
        for (int i = 0; i < options.Length; i++)
        {
            PopenOptions? own = pipeline[i].Options;
            bool isFirst = i == 0;
            bool isLast = i == options.Length - 1;
            Refuse(!isFirst && own?.Stdin is not null, pipeline, i, "Stdin", "comes from the stage before it");
            Refuse(!isLast && own?.Stdout is not null, pipeline, i, "Stdout", "goes to the stage after it");
            options[i] = (own ?? shared) with
            {
                Stdin = isFirst ? own?.Stdin ?? shared.Stdin : null,
                Stdout = isLast ? own?.Stdout ?? shared.Stdout : null,
                Stderr = own?.Stderr ?? shared.Stderr,
            };
        }

        return options;
    }

    private static void Refuse(bool isWrong, Pipeline pipeline, int stage, string stream, string why)
    {
        if (isWrong)
        {
            throw new ArgumentException(
                $"Stage {stage + 1} of {pipeline.Count} of a pipeline has a choice for {stream}, but there it {why}. "
                + "Only the first stage's Stdin and the last one's Stdout are free.");
        }
    }

    private static string Name(Stdio stdio) => stdio switch
    {
        FileStdio => "file that is emptied at the start",
        StreamStdio => "stream",
        LinesStdio => "function",
        _ => "tee",
    };
}
