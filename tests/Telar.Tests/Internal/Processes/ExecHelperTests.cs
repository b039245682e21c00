using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Telar.Internal.Processes;

namespace Telar.Tests.Internal.Processes;

/// <summary>That the binaries of the exec helper are those of its source.</summary>
public sealed class ExecHelperTests : IDisposable
{
    private const int Limit = 60_000;
    private const string CompilerVersion = "12.2.0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-");

    private static string SourceFolder => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../../src/Telar/Internal/Processes/ExecHelper")); // a file is in a directory

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory(Timeout = Limit)]
    [InlineData("gcc", "x64")]
    [InlineData("aarch64-linux-gnu-gcc", "arm64")]
    public async Task Binary_BuiltFromTheSource_IsTheCommittedOne(string compiler, string architecture)
    {
        string script = Path.Combine(SourceFolder, "build.sh");
        Assert.SkipUnless(File.Exists(script), $"The source is not here ({script}): the helper was NOT compared with it.");
        string version = await VersionAsync(compiler);
        Assert.SkipUnless(
            version == CompilerVersion && (architecture == "arm64" || RuntimeInformation.ProcessArchitecture == Architecture.X64),
            $"Takes {compiler} {CompilerVersion}, which makes these very bytes; here is '{version}'. The helper was NOT compared with its source.");
        string built = Path.Combine(_folder.FullName, "helper");

        using (Process build = Process.Start(script, [compiler, built]))
        {
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, build.ExitCode);
        }

        using Stream resource = typeof(ExecHelper).Assembly.GetManifestResourceStream($"exec-helper-{architecture}")!; // it is embedded
        byte[] committed = new byte[resource.Length];
        resource.ReadExactly(committed);
        Assert.Equal(await File.ReadAllBytesAsync(built, TestContext.Current.CancellationToken), committed);
        Assert.InRange(committed.Length, 512, 4096);
    }

    private static async Task<string> VersionAsync(string compiler)
    {
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo(compiler, "-dumpfullversion") { RedirectStandardOutput = true });
            string output = await process!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken); // it is a program
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return output.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "none";
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
