using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class NativeCallsTests
{
    private const string Place = "src/Telar/Interop/Linux/Libc/Interop.getpid.cs";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(NativeCalls.Text, NativeCalls.Check(Repository.Sources("src/Telar")));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/Threading/Lock.cs", "class Lock { [LibraryImport(\"libc\")] static partial int getpid(); }", "belongs in src/Telar/Interop")]
    [InlineData("src/Telar/Interop/Interop.getpid.cs", "class Interop { [LibraryImport(\"libc\")] static partial int getpid(); }", "belongs in")]
    [InlineData(Place, "class Interop { class Libc { [LibraryImport(\"libc\")] static partial int getppid(); } }", "needs a file of its own")]
    [InlineData(Place, "class Interop { class Kernel { [LibraryImport(\"libc\")] static partial int getpid(); } }", "Kernel in Interop")]
    [InlineData(Place, "class Interop { class Libc { [System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid(); } }", "Use LibraryImport")]
    [InlineData("src/Telar/Threading/Lock.cs", "class Lock { object M() => NativeLibrary.Load(\"libc\"); }", "below src/Telar/Interop")]
    public void A_native_call_in_another_place_is_red(string path, string text, string expected) =>
        HouseRule.AssertRed(expected, NativeCalls.Check([new SourceFile(path, text)]));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData(Place, "class Interop { class Libc { [LibraryImport(\"libc\", SetLastError = true)] static partial int getpid(); } }")]
    [InlineData("src/Telar/Interop/Unix/Libc/Interop.PosixSpawn.cs", """
        class Interop { class Libc { [LibraryImport("libc", EntryPoint = "posix_spawn")] static partial int Spawn(); } }
        """)]
    [InlineData("src/Telar/Interop/Unix/Libc/Interop.Kill.cs", "class Interop { class UnixLibc { [LibraryImport(\"libc\")] static partial int kill(); } }")]
    [InlineData("src/Telar/Interop/Linux/Libc/Interop.Errno.cs", "class Interop { class Libc { const int EINTR = 4; } }")]
    public void A_native_call_in_its_place_is_green(string path, string text) =>
        Assert.Empty(NativeCalls.Check([new SourceFile(path, text)]));
}
