namespace Telar.Internal;

/// <summary>Whether the program was published with all of its code.</summary>
internal static class WholeProgram
{
    // Not a constant: a trimmer keeps the types that it finds named in constants.
    private static readonly string s_witness = string.Join('.', typeof(WholeProgram).Namespace, "TrimmingWitness");

    /// <summary>Whether a trimmer, or a compiler ahead of time, has left out what this program does not mention.</summary>
    public static bool IsTrimmed { get; } = typeof(WholeProgram).Assembly.GetType(s_witness) is null;
}
