namespace Telar.Threading.Threads;

/// <summary>One thread's value of one local.</summary>
internal interface ILocalSlot
{
    /// <summary>Forgets the value.</summary>
    void Clear();
}
