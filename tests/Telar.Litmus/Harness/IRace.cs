namespace Telar.Litmus.Harness;

/// <summary>A race between two or more sides, with many independent instances that are played one after the other.</summary>
/// <remarks>
/// <para>A struct, so that the loop over its instances is compiled for it. Its state is in arrays, one element an instance.</para>
/// <para><b>Thread safety.</b> Each side plays on its own thread; the rest is called when all sides have met.</para>
/// </remarks>
internal interface IRace
{
    /// <summary>How many threads take part.</summary>
    int Sides { get; }

    /// <summary>How many instances a batch has.</summary>
    int Instances { get; }

    /// <summary>
    /// After how many instances the sides wait for each other, so that none runs ahead; 0 when the race sees to it, or shall not.
    /// </summary>
    int Pace { get; }

    /// <summary>The ways in which an instance can end.</summary>
    IReadOnlyList<Outcome> Outcomes { get; }

    /// <summary>Plays one side of one instance.</summary>
    void Play(int side, int instance, ref Dice dice);

    /// <summary>Looks how an instance ended, and makes it new. Any side may be asked, each for other instances.</summary>
    /// <returns>The index in <see cref="Outcomes"/>.</returns>
    int Judge(int instance);
}
