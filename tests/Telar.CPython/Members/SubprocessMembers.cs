using Telar.CPython.Hosting;
using Telar.Subprocesses;
using Telar.Subprocesses.Exchanges;

namespace Telar.CPython.Members;

internal static class SubprocessMembers
{
    public static void AddTo(MemberTable members)
    {
        members.New("PopenOptions_new", (PyObject given) => SubprocessOptions.From(new Keywords(given)));
        members.New("Input_text_new", (string text) => Input.FromText(text));
        members.New("Input_bytes_new", (byte[] bytes) => Input.FromBytes(bytes));

        members.New("Popen_new", (string[] words, bool shell, RunOptions options) =>
        {
            // Python's other threads go on meanwhile, as they do while it forks.
            using (Gil.Release())
            {
                return Start(words, shell, options, (command, chosen) => new Popen(command, chosen));
            }
        });
        members.Add("Popen_pid", (Popen child) => child.Pid);
        members.Add("Popen_stdin", (Popen child) => child.Stdin);
        members.Add("Popen_stdout", (Popen child) => child.Stdout);
        members.Add("Popen_stderr", (Popen child) => child.Stderr);
        members.Add("Popen_poll", (Popen child) => child.Poll());
        members.Add("Popen_wait", (Popen child, TimeSpan? timeout) => child.Wait(timeout));
        members.Add("Popen_wait_async", (Popen child, TimeSpan? timeout) => child.WaitAsync(timeout).GetAwaiter().GetResult());
        members.Add("Popen_communicate", (Popen child, Input? input, TimeSpan? timeout) => Pair(child.Communicate(input, timeout)));
        members.Add("Popen_communicate_async", (Popen child, Input? input, TimeSpan? timeout) =>
            Pair(child.CommunicateAsync(input, timeout).GetAwaiter().GetResult()));
        members.Add("Popen_send_signal", (Popen child, int signal) => child.SendSignal((Signal)signal));
        members.Add("Popen_terminate", (Popen child) => child.Terminate());
        members.Add("Popen_kill", (Popen child) => child.Kill());
        members.Add("Popen_detach", (Popen child) => child.Detach());
        members.Add("Popen_dispose", (Popen child) => child.Dispose());

        members.Add("Pipe_fileno", (ChildPipeStream pipe) => pipe.Handle.DangerousGetHandle().ToInt64());
        members.Add("Pipe_close", (ChildPipeStream pipe) => pipe.Dispose());

        AddFunction(
            members,
            "Subprocess_run",
            (command, options) => Subprocess.Run(command, options),
            (command, options) => Subprocess.RunAsync(command, options));
        AddFunction(
            members,
            "Subprocess_call",
            (command, options) => Subprocess.Call(command, options),
            (command, options) => Subprocess.CallAsync(command, options));
        AddFunction(
            members,
            "Subprocess_check_call",
            (command, options) => Subprocess.CheckCall(command, options),
            (command, options) => Subprocess.CheckCallAsync(command, options));
        AddFunction(
            members,
            "Subprocess_check_output",
            (command, options) => Subprocess.CheckOutput(command, options),
            (command, options) => Subprocess.CheckOutputAsync(command, options));
        members.Add("Subprocess_getstatusoutput", (string script, RunOptions options) =>
        {
            (int status, string output) = Subprocess.GetStatusOutput(script, options);
            return new object[] { status, output };
        });
        members.Add("Subprocess_getoutput", (string script, RunOptions options) => Subprocess.GetOutput(script, options));
        members.Add("list2cmdline", (string[] words) => CommandLine.ToWindows(words));

        members.Add("CompletedProcess_returncode", (CompletedProcess process) => process.ReturnCode);
        members.Add("CompletedProcess_stdout", (CompletedProcess process) => process.Stdout);
        members.Add("CompletedProcess_stderr", (CompletedProcess process) => process.Stderr);
        members.Add("CompletedProcess_check_returncode", (CompletedProcess process) => { _ = process.CheckReturnCode(); });
        members.Add("CalledProcess_process", (CalledProcessException exception) => exception.Process);
        members.Add("TimeoutExpired_stdout", (TimeoutExpiredException exception) => exception.Stdout);
        members.Add("TimeoutExpired_stderr", (TimeoutExpiredException exception) => exception.Stderr);
        members.Add("CapturedOutput_is_captured", (CapturedOutput output) => output.IsCaptured);
        members.Add("CapturedOutput_bytes", (CapturedOutput output) => output.Bytes);
        members.Add("CapturedOutput_text", (CapturedOutput output) => output.Text);
    }

    private static void AddFunction<T>(
        MemberTable members, string name, Func<CommandLine, RunOptions, T> call, Func<CommandLine, RunOptions, Task<T>> callAsync)
    {
        members.Add(name, (string[] words, bool shell, RunOptions options) => Start(words, shell, options, call));
        members.Add(name + "_async", (string[] words, bool shell, RunOptions options) =>
            Start(words, shell, options, (command, chosen) => callAsync(command, chosen).GetAwaiter().GetResult()));
    }

    // An OSError of Python names the file that is at fault.
    private static T Start<T>(string[] words, bool shell, RunOptions options, Func<CommandLine, RunOptions, T> start)
    {
        try
        {
            return start(shell ? CommandLine.Shell(words[0], words.AsSpan(1)) : CommandLine.Create(words), options);
        }
        catch (DirectoryNotFoundException e)
        {
            e.Data[SystemFault.FileName] = options.Cwd;
            throw;
        }
        catch (UnauthorizedAccessException e) when (e.HResult < 0)
        {
            e.Data[SystemFault.FileName] = options.Executable ?? words[0];
            throw;
        }
    }

    private static object[] Pair((CapturedOutput Stdout, CapturedOutput Stderr) outputs) => [outputs.Stdout, outputs.Stderr];
}
