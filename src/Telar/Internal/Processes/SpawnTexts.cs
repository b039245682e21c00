using System.Collections;

namespace Telar.Internal.Processes;

/// <summary>The texts of a posix_spawn in native memory: the files to try, the arguments, the environment, and single paths.</summary>
internal sealed unsafe class SpawnTexts : IDisposable
{
    private readonly Utf8Table _paths;
    private readonly Utf8Table _arguments;
    private readonly Utf8Table _environment;
    private int _directory = -1;
    private int _terminal = -1;

    /// <summary>Makes empty tables.</summary>
    /// <param name="startInfo">What is to be started.</param>
    internal SpawnTexts(ChildStartInfo startInfo)
    {
        _paths = new Utf8Table(startInfo.FileName, 4, 256);
        _arguments = new Utf8Table(startInfo.FileName, startInfo.Arguments.Count + 1, 1024);
        _environment = new Utf8Table(startInfo.FileName, 64, 8192);
    }

    /// <summary>The arguments, ready for the call; nothing can be added afterwards.</summary>
    internal byte** Arguments => _arguments.Seal();

    /// <summary>The environment, ready for the call.</summary>
    internal byte** Environment => _environment.Seal();

    /// <summary>The child's directory, or null.</summary>
    internal byte* Directory => _directory < 0 ? null : _paths.Seal()[_directory];

    /// <summary>The path of the child's terminal, or null.</summary>
    internal byte* Terminal => _terminal < 0 ? null : _paths.Seal()[_terminal];

    /// <summary>Fills the tables for a start without the exec helper.</summary>
    /// <param name="startInfo">What is to be started.</param>
    /// <param name="files">The files to try.</param>
    /// <param name="job">The mark that the child gets.</param>
    internal void Add(ChildStartInfo startInfo, List<string> files, string job)
    {
        foreach (string file in files)
        {
            _paths.Add(file);
        }

        AddPathsAndArguments(startInfo);
        AddEnvironment(startInfo, job);
    }

    /// <summary>Fills the tables for a start of the exec helper, which gets the files to try as arguments.</summary>
    /// <param name="startInfo">What is to be started.</param>
    /// <param name="files">The files to try.</param>
    /// <param name="job">The mark that the child gets.</param>
    /// <param name="helper">The path of the helper, as the child sees it.</param>
    /// <param name="steps">The steps of the helper.</param>
    internal void AddByHelper(ChildStartInfo startInfo, List<string> files, string job, string helper, string steps)
    {
        _paths.Add(helper);
        _arguments.Add("telar-exec-helper");
        _arguments.Add(steps);
        _arguments.Add(files.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (string file in files)
        {
            _arguments.Add(file);
        }

        AddPathsAndArguments(startInfo);
        AddEnvironment(startInfo, job);
    }

    /// <summary>A file to try.</summary>
    /// <param name="index">Its number.</param>
    /// <returns>The path.</returns>
    internal byte* File(int index) => _paths.Seal()[index];

    public void Dispose()
    {
        _paths.Dispose();
        _arguments.Dispose();
        _environment.Dispose();
    }

    private void AddPathsAndArguments(ChildStartInfo startInfo)
    {
        if (startInfo.WorkingDirectory is not null)
        {
            _directory = _paths.Count;
            _paths.Add(startInfo.WorkingDirectory);
        }

        if (startInfo.TerminalPath is not null)
        {
            _terminal = _paths.Count;
            _paths.Add(startInfo.TerminalPath);
        }

        _arguments.Add(startInfo.ArgumentZero ?? startInfo.FileName);
        for (int i = 0; i < startInfo.Arguments.Count; i++)
        {
            _arguments.Add(startInfo.Arguments[i]);
        }
    }

    private void AddEnvironment(ChildStartInfo startInfo, string job)
    {
        IReadOnlyDictionary<string, string?>? extra = startInfo.ExtraEnvironment;
        if (startInfo.Environment is null)
        {
            // By the enumerator and not by foreach, which would box an entry for each variable.
            IDictionaryEnumerator variables = System.Environment.GetEnvironmentVariables().GetEnumerator();
            while (variables.MoveNext())
            {
                AddVariable((string)variables.Key, (string?)variables.Value ?? "", extra);
            }
        }
        else
        {
            foreach (KeyValuePair<string, string> variable in startInfo.Environment)
            {
                AddVariable(variable.Key, variable.Value, extra);
            }
        }

        if (extra is not null)
        {
            foreach (KeyValuePair<string, string?> variable in extra)
            {
                if (variable.Value is not null)
                {
                    AddVariable(variable.Key, variable.Value, overridden: null);
                }
            }
        }

        if (startInfo.HasMark)
        {
            _environment.Add(JobToken.VariableName, JobToken.PathOf(job));
        }
    }

    private void AddVariable(string name, string value, IReadOnlyDictionary<string, string?>? overridden)
    {
        if (name != JobToken.VariableName && overridden?.ContainsKey(name) != true)
        {
            _environment.Add(name, value);
        }
    }
}
