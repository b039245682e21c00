namespace Telar.Subprocesses.Words;

/// <summary>What a <see cref="WordBuilder"/> makes of characters that are neither blanks nor quotes.</summary>
internal enum WordRules
{
    /// <summary>They are part of words, as in Python's <c>shlex.split</c>.</summary>
    Shlex,

    /// <summary>Those that a shell would act upon are refused, so that a text never means something else than it would there.</summary>
    RefuseShell,
}
