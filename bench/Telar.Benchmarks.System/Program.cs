namespace Telar.Benchmarks;

using System.CommandLine;
using Telar.Multiprocessing;

/// <summary>Whole-process figures of Telar beside CPython's, measured in turn within one run.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (args.Contains("--frozen"))
        {
            ProcessHost.FreezeSupport();
        }

        return Run.Async(
            "Telar's processes beside CPython's: each figure is taken in turn on both sides, the ratio counts.",
            "rival.py",
            Figures.All,
            cSource: null,
            args,
            new Option<bool>("--frozen") { Description = "Workers enter through FreezeSupport instead of the start-up hook." });
    }
}
