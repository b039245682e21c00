namespace Telar.Benchmarks;

using System.ComponentModel;
using System.Diagnostics;

/// <summary>The machine's C compiler.</summary>
internal static class Compiler
{
    /// <summary>Compiles a program that lies beside ours, and puts it there too.</summary>
    /// <returns>The program, with its path.</returns>
    /// <exception cref="MissingSideException">There is no compiler, or it refuses.</exception>
    public static string Compile(string source, params string[] options)
    {
        string file = Path.Combine(AppContext.BaseDirectory, source);
        string program = Path.ChangeExtension(file, null);
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", [.. options, "-o", program, file])
            {
                RedirectStandardError = true,
            })!; // UseShellExecute is off, so there is a process or an exception.
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0
                ? program
                : throw new MissingSideException($"cc did not compile {source}: {errors.Split('\n')[0]}");
        }
        catch (Win32Exception)
        {
            throw new MissingSideException("no C compiler found: install one as 'cc'");
        }
    }
}
