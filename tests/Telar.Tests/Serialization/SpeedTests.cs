using System.Diagnostics;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class SpeedTests
{
    // By hand, from a release build: dotnet run -c Release --project tests/Telar.Tests -- -explicit only -showLiveOutput -class Telar.Tests.Serialization.SpeedTests
    [Fact(Timeout = 120_000, Explicit = true)]
    public void Print()
    {
        int[] numbers = new int[1000];
        List<GraphTests.Person> people = [.. Enumerable.Range(0, 1000).Select(i => new GraphTests.Person("p" + i, i))];
        var map = Enumerable.Range(0, 1000).ToDictionary(i => "k" + i);
        var exception = new InvalidOperationException("x");
        Measure("int", i => i, 20_000);
        Measure("string of 10", _ => "abcdefghij", 20_000);
        Measure<object>("lambda without captures", _ => (Func<int>)(static () => 1), 20_000);
        Measure<object>("closure of two captures", i => Closure(i, "x"), 20_000);
        Measure("int[1000]", _ => numbers, 5000);
        Measure("list of 1000 records", _ => people, 200);
        Measure("dictionary of 1000 strings", _ => map, 200);
        Measure<Exception>("exception", _ => exception, 5000);

        static Func<string> Closure(int number, string text) => () => text + number;
    }

    private static void Measure<T>(string name, Func<int, T> make, int count)
    {
        using var writer = new PayloadWriter();
        TypedCodec.Write(writer, make(0));
        byte[] payload = writer.WrittenMemory.ToArray();
        var reader = new PayloadReader(payload);
        double encode = Best(count, i =>
        {
            writer.Reset();
            TypedCodec.Write(writer, make(i));
        });
        double decode = Best(count, _ =>
        {
            reader.Reset(payload);
            GC.KeepAlive(TypedCodec.Read<T>(reader));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{name,-28} {payload.Length,6} bytes, encode {encode,8:F0} ns, decode {decode,8:F0} ns");
    }

    private static double Best(int count, Action<int> action)
    {
        double best = double.MaxValue;
        for (int round = 0; round < 12; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                action(i);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
        }

        return best;
    }
}
