namespace Census.Analysis;

using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

/// <summary>Reads one file. This is the work: a pure function from a path to plain data.</summary>
internal static class Assemblies
{
    /// <param name="path">The file.</param>
    /// <param name="top">How many methods each ranking keeps.</param>
    /// <returns>What is in it; a file that cannot be read is a result too, not an exception.</returns>
    public static FileCensus Read(string path, int top)
    {
        long start = Stopwatch.GetTimestamp();
        return ReadCore(path, top) with { Elapsed = Stopwatch.GetElapsedTime(start) };
    }

    private static FileCensus ReadCore(string path, int top)
    {
        long bytes = 0;
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = file.Length;
            using PEReader image = new(file, PEStreamOptions.PrefetchEntireImage);
            return image.HasMetadata
                ? new AssemblyWalk(image, top).Read(path, bytes)
                : new FileCensus { Path = path, Bytes = bytes, Kind = FileKind.Native };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileCensus { Path = path, Bytes = bytes, Kind = FileKind.Unreadable, Problem = e.Message };
        }
        catch (Exception e)
        {
            // Bytes that make no sense can make the metadata reader throw almost anything. It is about this file alone.
            string problem = e is BadImageFormatException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            return new FileCensus { Path = path, Bytes = bytes, Kind = FileKind.Damaged, Problem = problem };
        }
    }
}
