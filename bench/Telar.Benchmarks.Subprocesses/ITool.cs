namespace Telar.Benchmarks;

/// <summary>A way to run programs from .NET, used as its users would. A blocking one returns completed tasks.</summary>
internal interface ITool
{
    /// <summary>Runs a program to its end, and captures nothing.</summary>
    ValueTask SpawnAsync(string program);

    /// <summary>Runs a program and captures both of its streams as this tool likes best.</summary>
    /// <returns>How much was on standard output.</returns>
    ValueTask<long> CaptureAsync(string[] command);

    /// <summary>Captures standard output as bytes in memory.</summary>
    /// <returns>How many there are.</returns>
    ValueTask<long> BytesAsync(string[] command);

    /// <summary>Captures standard output as one string.</summary>
    /// <returns>Its length.</returns>
    ValueTask<long> TextAsync(string[] command);

    /// <summary>Runs two programs, the second of which reads what the first writes.</summary>
    ValueTask PipelineAsync(string[] first, string[] second);

    /// <summary>Runs a program that reads <paramref name="input"/>.</summary>
    ValueTask FeedAsync(string[] command, byte[] input);
}
