using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Telar.Serialization;

/// <summary>The sender of a value, or a worker, runs another build of an assembly than this process does.</summary>
/// <remarks>
/// <para>
/// Delegates and types travel as positions in an assembly's metadata. These positions move when the assembly is compiled again,
/// so both sides must run the very same file. Nothing of the value has been built when this is thrown.
/// </para>
/// <para>Python has no such check: it finds code by name, and runs whatever has that name.</para>
/// <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class BuildMismatchException : Exception
{
    internal BuildMismatchException(string assemblyName, Guid senderBuild, Guid loadedBuild)
        : base($"Cannot read a value that mentions assembly '{assemblyName}': the sender has build {senderBuild}, this process has "
            + $"build {loadedBuild}. Both processes must run the same files: rebuild once, copy the output to both places, and restart "
            + "processes that were started before the rebuild.")
    {
        AssemblyName = assemblyName;
        SenderBuild = senderBuild;
        LoadedBuild = loadedBuild;
    }

    internal BuildMismatchException(string worker, Assembly mine, Guid workersBuild)
        : base($"{worker} has loaded another build of '{FileOf(mine)}' than this process: the worker has build {workersBuild}, this process has "
            + $"build {mine.ManifestModule.ModuleVersionId}. The file was changed after this program had started. Restart the program.")
    {
        AssemblyName = mine.GetName().Name ?? "";
        SenderBuild = workersBuild;
        LoadedBuild = mine.ManifestModule.ModuleVersionId;
    }

    /// <summary>Gets the simple name of the assembly that differs.</summary>
    public string AssemblyName { get; }

    /// <summary>Gets the module version id of the sender's or the worker's build; empty when a worker did not tell it.</summary>
    public Guid SenderBuild { get; }

    /// <summary>Gets the module version id of the build that this process has loaded.</summary>
    public Guid LoadedBuild { get; }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Empty for what lies inside a single file, which is looked at.")]
    private static string FileOf(Assembly assembly) => assembly.Location is { Length: > 0 } path ? path : assembly.GetName().Name ?? "";
}
