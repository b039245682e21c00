using Telar.Windows.Child;

namespace Telar.Windows;

/// <summary>The tests; with the first argument <c>child</c>, or <c>-c</c> as a shell, what they start.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args) => args is ["child" or "-c", .. string[] words]
        ? ChildProgram.Run(words)
        : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
