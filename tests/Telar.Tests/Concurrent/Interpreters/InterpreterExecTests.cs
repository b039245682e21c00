using Microsoft.CodeAnalysis;

namespace Telar.Tests.Concurrent.Interpreters;

using Telar.Concurrent.Interpreters;

public sealed class InterpreterExecTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-exec-");

    private static int s_state = 1;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 120_000)]
    public void Exec_RunsADelegate()
    {
        using Interpreter interpreter = Interpreter.Create();

        interpreter.Exec(static () => s_state = 8);

        Assert.Equal((8, 1), (interpreter.Call(static () => s_state), s_state));
    }

    [Fact(Timeout = 120_000)]
    public void ExecFile_RunsAProgramWithWhatLiesBesideIt()
    {
        string library = Write("Beside.dll", CompiledAssembly.Compile(
            "Beside", "public static class Beside { public static int Calls; }", OutputKind.DynamicallyLinkedLibrary));
        string program = Write("App.dll", CompiledAssembly.Compile(
            "App", "return args[0].Length + ++Beside.Calls;", OutputKind.ConsoleApplication, library));
        using Interpreter one = Interpreter.Create();
        using Interpreter other = Interpreter.Create();

        Assert.Equal((4, 5, 5), (one.ExecFile(program, "abc"), one.ExecFile(program, "abc"), other.ExecFile(program, "abcd")));
    }

    [Fact(Timeout = 120_000)]
    public void ExecFile_OfALibraryOrNoAssembly_SaysSo()
    {
        string library = Write("Lib.dll", CompiledAssembly.Compile("Lib", "public static class Lib { }", OutputKind.DynamicallyLinkedLibrary));
        string text = Write("Text.dll", "not an assembly"u8.ToArray());
        using Interpreter interpreter = Interpreter.Create();

        Assert.Contains("is a library", Assert.Throws<InterpreterException>(() => interpreter.ExecFile(library)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot load the program", Assert.Throws<InterpreterException>(() => interpreter.ExecFile(text)).Message, StringComparison.Ordinal);
        string missing = Path.Combine(_folder.FullName, "Missing.dll");
        Assert.Equal(missing, Assert.Throws<FileNotFoundException>(() => interpreter.ExecFile(missing)).FileName);
    }

    [Fact(Timeout = 120_000)]
    public void ExecImage_WhenTheProgramThrows_TheCallerHasTheException()
    {
        byte[] image = CompiledAssembly.Compile("Thrower", "throw new System.FormatException(\"bad\");", OutputKind.ConsoleApplication);
        using Interpreter interpreter = Interpreter.Create();

        ExecutionFailedException failed = Assert.Throws<ExecutionFailedException>(() => interpreter.ExecImage(image));

        Assert.Equal("bad", Assert.IsType<FormatException>(failed.InnerException).Message);
        Assert.Equal(("System.FormatException", "bad"), (failed.Info.TypeName, failed.Info.Message));
    }

    private string Write(string name, byte[] image)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(file, image);
        return file;
    }
}
