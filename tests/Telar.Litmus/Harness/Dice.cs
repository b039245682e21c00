using System.Runtime.CompilerServices;

namespace Telar.Litmus.Harness;

/// <summary>Random delays of one side.</summary>
/// <remarks><b>Thread safety.</b> None: each side has its own.</remarks>
internal struct Dice(ulong seed)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15) | 1;

    /// <summary>A number from 0 to 2^32 - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (uint)(_state >> 32);
    }

    /// <summary>
    /// Does nothing for a time between nothing and 2^<paramref name="scale"/> turns of a loop (a nanosecond or two each), with short
    /// times as frequent as long ones.
    /// </summary>
    public void Delay(int scale)
    {
        uint longest = 1u << (int)(Next() % (uint)(scale + 1));
        for (uint left = Next() % longest; left > 0; left--)
        {
            Next();
        }
    }
}
