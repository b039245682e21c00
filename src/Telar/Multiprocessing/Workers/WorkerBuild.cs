using System.Reflection;
using System.Text;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>The builds that a worker tells in its Hello: that of this library and that of the program.</summary>
/// <remarks>
/// <para>
/// A program that was rebuilt while it runs starts workers from the new files. They would disagree with it about the frames, or
/// about what a lambda's number means; so they are told apart by the module version ids, which every build has anew. Assemblies
/// beyond these two are compared when a call mentions them.
/// </para>
/// <para>Format: the library's id (16 bytes), the program's (16), the simple name of the program's assembly in UTF-8.</para>
/// </remarks>
internal static class WorkerBuild
{
    private const int IdSize = 16;

    private static Assembly Library => typeof(WorkerBuild).Assembly;

    private static Assembly? Program => Assembly.GetEntryAssembly();

    /// <summary>The payload of the Hello of this process.</summary>
    public static byte[] Describe() =>
        [.. BuildOf(Library).ToByteArray(), .. BuildOf(Program).ToByteArray(), .. Encoding.UTF8.GetBytes(NameOf(Program))];

    /// <summary>Compares what a worker said with the builds of this process.</summary>
    /// <param name="hello">The payload of its Hello.</param>
    /// <param name="worker">Which worker, for the message.</param>
    /// <returns>Null when they are the same.</returns>
    public static BuildMismatchException? Compare(ReadOnlySpan<byte> hello, string worker)
    {
        if (hello.Length < 2 * IdSize)
        {
            return new BuildMismatchException(worker, Library, Guid.Empty);
        }

        if (Compare(Library, hello[..IdSize], worker) is { } mismatch)
        {
            return mismatch;
        }

        // Another name is no other build: a program may declare another assembly to be its entry (Assembly.SetEntryAssembly).
        return Program is { } program && hello[(2 * IdSize)..].SequenceEqual(Encoding.UTF8.GetBytes(NameOf(program)))
            ? Compare(program, hello[IdSize..(2 * IdSize)], worker)
            : null;
    }

    private static BuildMismatchException? Compare(Assembly mine, ReadOnlySpan<byte> theirs, string worker)
    {
        Guid build = new(theirs);
        return build == BuildOf(mine) ? null : new BuildMismatchException(worker, mine, build);
    }

    private static Guid BuildOf(Assembly? assembly) => assembly?.ManifestModule.ModuleVersionId ?? Guid.Empty;

    private static string NameOf(Assembly? assembly) => assembly?.GetName().Name ?? "";
}
