using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.CPython.Hosting;
using Telar.Internal.Processes;
using Telar.Subprocesses;

namespace Telar.CPython.Members;

/// <summary>Makes our options of Python's keyword arguments, and chooses Python's way where ours has another default.</summary>
internal static class SubprocessOptions
{
    public static RunOptions From(Keywords given)
    {
        var env = given.Many("env", pair => pair.To<string[]>())?.ToDictionary(pair => pair[0], pair => pair[1]);
        return new RunOptions
        {
            Stdin = Stream(given.Get<long?>("stdin")) ?? (given.Get<Input>("input") is null ? Stdio.Inherit : null),
            Stdout = Stream(given.Get<long?>("stdout")),
            Stderr = Stream(given.Get<long?>("stderr")),
            Cwd = given.Get<string>("cwd"),
            Env = env,

            // An environment is Python's to the last name: without the mark by which we find orphans.
            ExtraEnv = env is null ? null : new Dictionary<string, string?> { [JobToken.VariableName] = null },
            Executable = given.Get<string>("executable"),
            Encoding = given.Get<string>("encoding") is { } name ? EncodingOf(name) : new UTF8Encoding(false),
            Errors = ErrorsOf(given.Get<string>("errors")),
            UniversalNewlines = true,
            PipeSize = given.Get<int>("pipesize") is > 0 and var size ? size : null,
            PipeGrace = Timeout.InfiniteTimeSpan,
            CloseFds = given.Get<bool>("close_fds"),
            PassHandles = given.Many("pass_fds", fd => new PassedHandle(Handle(fd.To<long>()))) ?? [],
            RestoreSignals = given.Get<bool>("restore_signals"),
            StartNewSession = given.Get<bool>("start_new_session"),
            ProcessGroup = (int?)given.Get<long?>("process_group"),
            User = given.Object("user") is { } user ? UserOf(user) : (UserId?)null,
            Group = given.Object("group") is { } group ? GroupOf(group) : (GroupId?)null,
            ExtraGroups = given.Many("extra_groups", ExtraGroupOf),
            Umask = given.Get<int>("umask") is >= 0 and var mask ? (UnixFileMode)mask : null,
            Stop = StopPolicy.KillChildOnly,
            OnDispose = DisposeMode.Wait,
            StartupInfo = given.Get<bool>("startupinfo") ? new StartupInfo() : null,
            CreationFlags = (CreationFlags)given.Get<int>("creationflags"),
            CaptureOutput = given.Get<bool>("capture_output"),
            Check = given.Get<bool>("check"),
            Timeout = given.Get<TimeSpan?>("timeout"),
            Input = given.Get<Input>("input"),
        };
    }

    // Python's numbers: PIPE, STDOUT, DEVNULL, or a descriptor, which stays the caller's.
    private static Stdio? Stream(long? number) => number switch
    {
        null => null,
        -1 => Stdio.Pipe,
        -2 => Stdio.Stdout,
        -3 => Stdio.DevNull,
        _ => Stdio.Handle(Handle(number.Value)),
    };

    private static SafeFileHandle Handle(long descriptor) => new((nint)descriptor, ownsHandle: false);

    private static UserId UserOf(PyObject user) => user.IsText ? UserId.FromName(user.To<string>()) : UserId.FromNumber(user.To<long>());

    private static GroupId GroupOf(PyObject group) => group.IsText ? GroupId.FromName(group.To<string>()) : GroupId.FromNumber(group.To<long>());

    // Python has a ValueError for a number that is none of a group here, and an OverflowError above.
    private static GroupId ExtraGroupOf(PyObject group)
    {
        try
        {
            return GroupOf(group);
        }
        catch (PythonException overflow)
        {
            throw new ArgumentException($"{group} is no number of a group.", overflow);
        }
    }

    // 'utf-16-le' is 'utf-16le' in .NET.
    private static Encoding EncodingOf(string name) =>
        Encoding.GetEncoding(name.Replace("-le", "le", StringComparison.Ordinal).Replace("-be", "be", StringComparison.Ordinal));

    private static TextErrors ErrorsOf(string? name) => name switch
    {
        null => TextErrors.Strict,
        "backslashreplace" => TextErrors.BackslashReplace,
        "surrogateescape" => TextErrors.SurrogateEscape,
        _ => Enum.Parse<TextErrors>(name, ignoreCase: true),
    };
}
