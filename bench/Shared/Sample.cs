namespace Telar.Benchmarks;

/// <summary>What one measurement gave.</summary>
/// <param name="Value">In the unit of its figure.</param>
/// <param name="Allocated">Managed bytes an operation; not a number when nobody counted them.</param>
internal readonly record struct Sample(double Value, double Allocated = double.NaN)
{
    public static implicit operator Sample(double value) => new(value);
}
