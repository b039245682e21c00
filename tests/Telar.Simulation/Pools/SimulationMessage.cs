using System.Runtime.CompilerServices;
using System.Text;

namespace Telar.Simulation.Pools;

/// <summary>A message that is put together only if it is needed: a property does not hold, or a schedule is traced.</summary>
[InterpolatedStringHandler]
internal readonly ref struct SimulationMessage
{
    private readonly StringBuilder? _text;

    public SimulationMessage(int literalLength, int formattedCount, bool condition, out bool isNeeded)
    {
        isNeeded = !condition;
        _text = condition ? null : new StringBuilder(literalLength + (16 * formattedCount));
    }

    public SimulationMessage(int literalLength, int formattedCount, PoolSimulation simulation, out bool isNeeded)
        : this(literalLength, formattedCount, !simulation.IsTraced, out isNeeded)
    {
    }

    public void AppendLiteral(string text) => _text?.Append(text);

    public void AppendFormatted<T>(T value) => _text?.Append(value);

    public override string ToString() => _text?.ToString() ?? "";
}
