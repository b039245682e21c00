namespace Telar.Internal;

/// <summary>A type that nothing mentions. It is there exactly as long as nobody removes such types; see <see cref="WholeProgram"/>.</summary>
internal static class TrimmingWitness;
