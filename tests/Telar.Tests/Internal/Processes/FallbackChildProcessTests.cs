using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Processes;
using Xunit;

namespace Telar.Tests.Internal.Processes;

/// <summary>The contract on <see cref="FallbackChildProcess"/>, and what it refuses.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class FallbackChildProcessTests : ChildProcessTests
{
    public FallbackChildProcessTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "The contract's children are Unix programs.");

    private protected override ChildProcess StartNew(ChildStartInfo startInfo) => FallbackChildProcess.StartNew(startInfo);

    [Fact(Timeout = 120_000)]
    public async Task Start_WithTheSwitch_UsesTheFallback()
    {
        AppContext.SetSwitch(ChildProcess.FallbackSwitch, true);
        try
        {
            using ChildProcess child = ChildProcess.Start(Children.Shell("exit 3"));
            Assert.IsType<FallbackChildProcess>(child);
            Assert.Equal(3, (await child.WaitAsync(TestContext.Current.CancellationToken)).Code);
        }
        finally
        {
            AppContext.SetSwitch(ChildProcess.FallbackSwitch, false);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("StandardInput")]
    [InlineData("StandardOutput")]
    [InlineData("StandardError")]
    [InlineData("Inherited")]
    [InlineData("NewSession")]
    [InlineData("ArgumentZero")]
    public Task Start_WithWhatProcessCannot_IsRefusedWithTheReason(string option)
    {
        using Pipe pipe = Pipe.Create();
        SafeFileHandle handle = pipe.Writer;
        var good = new ChildStartInfo { FileName = "/bin/true" };
        ChildStartInfo bad = option switch
        {
            "StandardInput" => good with { StandardInput = handle },
            "StandardOutput" => good with { StandardOutput = handle },
            "StandardError" => good with { StandardError = handle },
            "Inherited" => good with { Inherited = [new InheritedDescriptor(handle, 3)] },
            "NewSession" => good with { NewSession = true },
            "ArgumentZero" => good with { ArgumentZero = "other" },
            _ => throw new ArgumentOutOfRangeException(nameof(option)),
        };

        PlatformNotSupportedException e = Assert.Throws<PlatformNotSupportedException>(() => Start(bad));

        Assert.Contains($"with {option}", e.Message, StringComparison.Ordinal);
        Assert.Contains("System.Diagnostics.Process", e.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
