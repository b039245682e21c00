namespace Guarantees;

using System.Diagnostics;

/// <summary>One guarantee: what makes the fault happen on Telar's side and on .NET's.</summary>
/// <param name="Id">As docs/guarantees.md has it.</param>
/// <param name="Telar">Says what was seen.</param>
/// <param name="DotNet">The same with what .NET itself offers. Null: it offers nothing of the kind.</param>
internal sealed record Case(string Id, Func<Task<Finding>> Telar, Func<Task<Finding>>? DotNet)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <returns>Whether Telar kept its word.</returns>
    public async Task<bool> RunAsync()
    {
        bool kept = await PrintAsync("Telar", Telar);
        if (DotNet is null)
        {
            Console.WriteLine($"{Id} .NET: nothing of the kind");
        }
        else
        {
            await PrintAsync(".NET", DotNet);
        }

        return kept;
    }

    private async Task<bool> PrintAsync(string side, Func<Task<Finding>> run)
    {
        var watch = Stopwatch.StartNew();
        Finding finding;
        try
        {
            finding = await Task.Run(run).WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            finding = new Finding(false, $"hang after {s_limit.TotalSeconds:0} s");
        }

        Console.WriteLine($"{Id} {side}: {finding.Text} ({watch.Elapsed.TotalSeconds:0.0} s){(finding.IsKept ? "" : " <- BROKEN")}");
        return finding.IsKept;
    }
}
