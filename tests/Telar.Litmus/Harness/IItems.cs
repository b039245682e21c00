namespace Telar.Litmus.Harness;

/// <summary>A queue as the races see it: Telar's, or a broken one.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once, unless it is a mutant.</remarks>
internal interface IItems
{
    void Put(int item);

    bool TryGet(out int item);

    /// <summary>Waits for an item.</summary>
    /// <returns>Whether one came in time.</returns>
    bool Get(TimeSpan patience, out int item);
}
