namespace Telar.Benchmarks;

using System.Globalization;

/// <summary>The programs that are run.</summary>
internal static class Programs
{
    /// <summary>A shell that becomes a program that reads all of its input and writes nothing.</summary>
    public static readonly string[] Eater = ["sh", "-c", "exec cat >/dev/null"];

    /// <summary>A static program without a C library that ends at once; only its start costs anything.</summary>
    /// <exception cref="MissingSideException">It cannot be compiled here.</exception>
    public static string Tiny => s_tiny.Value;

    private static readonly Lazy<string> s_tiny = new(static () => Compiler.Compile(
        "tiny.c",
        "-Os", "-static", "-nostdlib", "-ffreestanding", "-fno-asynchronous-unwind-tables", "-s", "-Wl,--build-id=none,-z,noseparate-code,-n"));

    /// <summary>A program that writes so many zeros.</summary>
    public static string[] Zeros(long count) => ["head", "-c", count.ToString(CultureInfo.InvariantCulture), "/dev/zero"];

    /// <summary>A program that waits until it is let go by <paramref name="gate"/>, a named pipe.</summary>
    public static string[] Waiter(string gate) => ["head", "-c", "1", gate];
}
