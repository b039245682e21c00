namespace Census;

/// <summary>One file to read.</summary>
internal sealed record AssemblyFile(string Path, string Name, long Bytes)
{
    /// <summary>An estimate of the work, for the progress bar: a file costs something even when it is empty.</summary>
    public long Weight => Bytes + (64 << 10);
}
