namespace Telar.Internal.Processes;

/// <summary>One thing that the exec helper does in the child before the program begins.</summary>
/// <param name="Token">The step as exec-helper.c reads it.</param>
/// <param name="Option">The option that asks for it.</param>
/// <param name="Doing">What it does, as messages say it: <c>becoming user 33 (setresuid)</c>.</param>
/// <param name="Advice">What it takes, as a sentence.</param>
internal sealed record ExecStep(string Token, string Option, string Doing, string Advice);
