using Telar.Subprocesses;
namespace Telar.CPython.Members;
internal static class TempSubprocess
{
    public static int Call(CommandLine c, RunOptions o) => Subprocess.Run(c, o).ReturnCode;
    public static async Task<int> CallAsync(CommandLine c, RunOptions o) => (await Subprocess.RunAsync(c, o)).ReturnCode;
    public static int CheckCall(CommandLine c, RunOptions o) => Subprocess.Run(c, o with { Check = true }).ReturnCode;
    public static async Task<int> CheckCallAsync(CommandLine c, RunOptions o) => (await Subprocess.RunAsync(c, o with { Check = true })).ReturnCode;
    public static CapturedOutput CheckOutput(CommandLine c, RunOptions o) => Subprocess.Run(c, o with { Check = true, Stdout = Stdio.Pipe }).Stdout;
    public static async Task<CapturedOutput> CheckOutputAsync(CommandLine c, RunOptions o) => (await Subprocess.RunAsync(c, o with { Check = true, Stdout = Stdio.Pipe })).Stdout;
    public static (int, string) GetStatusOutput(string s, RunOptions o) { var r = Subprocess.Run(CommandLine.Shell(s), o with { Stdout = Stdio.Pipe, Stderr = Stdio.Stdout }); return (r.ReturnCode, r.Stdout.Text.TrimEnd('\n')); }
}
