using Telar.Concurrent.Interpreters;

namespace Telar.Scripting;

/// <summary>Runs source text in interpreters.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
public static class InterpreterScripting
{
    /// <summary>Compiles a source text of C# and runs it in an interpreter, on the calling thread.</summary>
    /// <param name="interpreter">Where.</param>
    /// <param name="source">The text: top-level statements, as in a <c>Program.cs</c>.</param>
    /// <param name="options">
    /// Its name and what it may use; <see langword="null"/> for the defaults, with the <see cref="ScriptOptions.Names"/> that the interpreter has.
    /// </param>
    /// <returns>What it returns; 0 if that is nothing.</returns>
    /// <exception cref="ScriptCompilationException">The text has errors. Nothing was run.</exception>
    /// <exception cref="ExecutionFailedException">The text threw.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>
    /// Each text stands alone, as compiling takes some milliseconds and each one is an assembly more: names that live on are those given to
    /// <see cref="Interpreter.PrepareMain(string, object?)"/>. Compile once with <see cref="Script.Compile"/> what is run often.
    /// Python: <c>Interpreter.exec</c>.
    /// </remarks>
    /// <example><code>
    /// using Interpreter interpreter = Interpreter.Create();
    /// interpreter.PrepareMain("n", 20);
    /// interpreter.Exec("n = n + 22; Console.WriteLine(n);");
    /// </code></example>
    public static int Exec(this Interpreter interpreter, string source, ScriptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(interpreter);
        return Script.Compile(source, options ?? new ScriptOptions { Names = interpreter.MainNames }).RunIn(interpreter);
    }
}
