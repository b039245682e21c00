using System.Collections;
using System.Text;

namespace Telar.Internal.Processes;

/// <summary>The environment of a child as Windows takes it: sorted, each variable once whatever the case of its name.</summary>
internal static class WindowsEnvironmentBlock
{
    /// <summary>Makes the block.</summary>
    /// <param name="startInfo">What is started.</param>
    /// <param name="job">The child's mark.</param>
    /// <returns><c>NAME=value</c> and a zero for each variable, and a zero at the end.</returns>
    /// <exception cref="ArgumentException">Two names differ only by case.</exception>
    internal static string Create(ChildStartInfo startInfo, string job)
    {
        SortedDictionary<string, string> variables = Variables(startInfo);
        if (startInfo.HasMark)
        {
            variables[JobToken.VariableName] = JobToken.PathOf(job);
        }

        var block = new StringBuilder();
        foreach (KeyValuePair<string, string> variable in variables)
        {
            block.Append(variable.Key).Append('=').Append(variable.Value).Append('\0');
        }

        // An empty block has two zeros too.
        return block.Append('\0', variables.Count > 0 ? 1 : 2).ToString();
    }

    /// <summary>A variable of the child.</summary>
    /// <param name="startInfo">What is started.</param>
    /// <param name="name">The name, in any case.</param>
    /// <returns>Its value, or null.</returns>
    internal static string? Get(ChildStartInfo startInfo, string name) => Variables(startInfo).GetValueOrDefault(name);

    private static SortedDictionary<string, string> Variables(ChildStartInfo startInfo)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (startInfo.Environment is null)
        {
            foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            {
                // What this process was given twice, by another system's rules, the child gets once.
                _ = variables.TryAdd((string)variable.Key, (string?)variable.Value ?? "");
            }
        }
        else
        {
            AddAll(startInfo, startInfo.Environment, variables);
        }

        if (startInfo.ExtraEnvironment is not null)
        {
            var changes = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            AddAll(startInfo, startInfo.ExtraEnvironment, changes);
            foreach (KeyValuePair<string, string?> change in changes)
            {
                // Also for a name that stays: the child is to see it as it is written in the change.
                _ = variables.Remove(change.Key);
                if (change.Value is not null)
                {
                    variables.Add(change.Key, change.Value);
                }
            }
        }

        return variables;
    }

    private static void AddAll<T>(
        ChildStartInfo startInfo, IReadOnlyDictionary<string, T> source, SortedDictionary<string, T> variables)
    {
        foreach (KeyValuePair<string, T> variable in source)
        {
            if (!variables.TryAdd(variable.Key, variable.Value))
            {
                string other = variables.Keys.First(name => name.Equals(variable.Key, StringComparison.OrdinalIgnoreCase));
                throw new ArgumentException(
                    $"Cannot start '{startInfo.FileName}': the environment variables '{other}' and '{variable.Key}' differ only by "
                    + "case, and to Windows they are one. Give one of them.");
            }
        }
    }
}
