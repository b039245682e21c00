using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class DelegateTests
{
    private static int Twice(int x) => 2 * x;

    [Fact(Timeout = 120_000)]
    public void StaticMethodsAndLambdas_ComeBack()
    {
        Assert.Equal(8, Codec.RoundTrip<Func<int, int>>(Twice)(4));
        Assert.Equal(2.0, Codec.RoundTrip<Func<double, double>>(Math.Sqrt)(4));
        Assert.Equal(5, Codec.RoundTrip<Func<int, int>>(static x => x + 1)(4));
        Func<int, int> lambda = x => x + 1;
        Assert.Equal(lambda, Codec.RoundTrip(lambda));
        Assert.Equal(6, Codec.RoundTrip<Func<int, int>>(StaticLocal)(3));
        static int StaticLocal(int x) => x + 3;
    }

    [Fact(Timeout = 120_000)]
    public void Closures_TakeTheirCapturesAlong()
    {
        int a = 1;
        string b = "two";
        Assert.Equal("1two", Codec.RoundTrip<Func<string>>(() => a + b)());

        // The copy is a copy.
        int counter = 0;
        Func<int> count = () => ++counter;
        Func<int> other = Codec.RoundTrip(count);
        Assert.Equal((1, 2, 0), (other(), other(), counter));
    }

    [Fact(Timeout = 120_000)]
    public void NestedScopes_ComeBack()
    {
        int outer = 1;
        var made = new List<Func<int>>();
        for (int i = 0; i < 3; i++)
        {
            int middle = i * 10;
            foreach (int inner in new[] { 100, 200 })
            {
                int deepest = inner + 1;
                made.Add(() => outer + middle + inner + deepest + new Func<int>(() => middle + outer)());
            }
        }

        List<Func<int>> back = Codec.RoundTrip(made);
        Assert.Equal(made.Select(f => f()), back.Select(f => f()));
        outer = 5;
        Assert.NotEqual(made[0](), back[0]());
    }

    [Fact(Timeout = 120_000)]
    public void ScopesShared_ByTwoDelegates_StayShared()
    {
        int shared = 0;
        (Action add, Func<int> get) = Codec.RoundTrip<(Action, Func<int>)>((() => shared += 7, () => shared));
        add();
        add();
        Assert.Equal(14, get());
    }

    [Fact(Timeout = 120_000)]
    public void TwoDelegates_OfOneScope_EachGetWhatTheyNeed()
    {
        // Sent for the first, the scope lacks what only the second reads; it follows behind. So does a scope further out.
        int far = 3;
        Stream unsendable = Stream.Null;
        Func<string> first, second, third;
        {
            string a = "a", b = "b";
            first = () => a;
            second = () => b + far;
            third = () => a + b + far;
            Action none = () => _ = unsendable;
            _ = none;
        }

        Func<string>[] back = Codec.RoundTrip<Func<string>[]>([first, second, third, first]);
        Assert.Equal(["a", "b3", "ab3", "a"], back.Select(f => f()));
        Assert.Same(back[0], back[3]);
        Assert.Same(back[0].Target, back[1].Target);
    }

    // The inner lambda is met while the scope that both are in is half written, and before the scope around it is written at all.
    [Fact(Timeout = 120_000)]
    public void AnInnerLambda_ReachesFurtherOut_ThanTheOneThatHoldsIt()
    {
        string far = "far", further = "further";
        Func<Func<string>> make = () =>
        {
            string near = "near";
            Func<string> inner = () => near + far;
            Func<string> nested = () =>
            {
                string nearest = "nearest";
                Func<string> innermost = () => nearest + near + further + inner();
                return new Func<string>(() => innermost() + nearest)();
            };
            return () => inner() + nested() + near + further.Length;
        };
        Func<string> both = make();
        for (int deferDepth = 0; deferDepth < 8; deferDepth++)
        {
            Assert.Equal(both(), Codec.RoundTrip(both, deferDepth)());
            Assert.Equal(both(), Codec.RoundTrip(make, deferDepth)()());
            Assert.Equal(both(), Codec.RoundTrip<Func<Func<string>>[]>([() => both, make], deferDepth)[0]()());
        }
    }

    [Fact(Timeout = 120_000)]
    public void RecursiveLambda_RefersToItself()
    {
        Func<int, int>? fib = null;
        fib = n => n < 2 ? n : fib!(n - 1) + fib!(n - 2);
        Assert.Equal(55, Codec.RoundTrip(fib)(10));
    }

    [Fact(Timeout = 120_000)]
    public void LocalFunctions_ComeBack()
    {
        int k = 10;
        int Add(int x) => x + k;
        int Both(int x) => Add(x) + Even(x);
        int Even(int x) => x <= 0 ? 0 : Odd(x - 1) + 1;
        int Odd(int x) => x <= 0 ? 0 : Even(x - 1) + k;
        Assert.Equal(Both(5), Codec.RoundTrip<Func<int, int>>(Both)(5));
        Assert.Equal(Both(5), Codec.RoundTrip<Func<int, int>>(x => Both(x))(5));
    }

    [Fact(Timeout = 120_000)]
    public void InstanceMethods_TakeTheirTarget()
    {
        var account = new Account { Balance = 5 };
        Assert.Equal(8, Codec.RoundTrip<Func<int, int>>(account.Plus)(3));
        Assert.Equal(8, Codec.RoundTrip(account.PlusLambda())(3));
        Assert.Equal("override 5", Codec.RoundTrip<Func<string>>(new SavingsAccount { Balance = 5 }.Describe)());
        Assert.Equal("override 5", Codec.RoundTrip<Func<string>>(((Account)new SavingsAccount { Balance = 5 }).Describe)());
        IDescribed described = new SavingsAccount { Balance = 6 };
        Assert.Equal("override 6", Codec.RoundTrip<Func<string>>(described.Describe)());
        Assert.Contains("base.Describe", Codec.Refused(new SavingsAccount().BaseDescribe()).Message, StringComparison.Ordinal);
        Assert.Equal("base 7", Codec.RoundTrip(new SavingsAccount { Balance = 7 }.BaseDescribeLambda())());
    }

    [Fact(Timeout = 120_000)]
    public void MethodGroups_OnStructs_ShareTheirBox()
    {
        var cell = new Cell { Value = 1 };
        object box = cell;
        var increment = (Func<int>)Delegate.CreateDelegate(typeof(Func<int>), box, typeof(Cell).GetMethod(nameof(Cell.Increment))!);
        (Func<int> a, Func<int> b) = Codec.RoundTrip((increment, (Func<int>)Delegate.CreateDelegate(typeof(Func<int>), box, increment.Method)));
        Assert.Equal((2, 3), (a(), b()));
        Assert.Equal("7", Codec.RoundTrip<Func<string>>(7.ToString)());
    }

    [Fact(Timeout = 120_000)]
    public void Extensions_AreClosedOverTheirFirstArgument()
    {
        Assert.Equal("<<x>>", Codec.RoundTrip<Func<string>>("x".Quote)());
        Assert.Equal(3, Codec.RoundTrip<Func<int>>(new List<int> { 1, 2, 3 }.Count<int>)());
        var onNull = (Func<string>)Delegate.CreateDelegate(typeof(Func<string>), null, typeof(DelegateExtensions).GetMethod(nameof(DelegateExtensions.Quote))!);
        Assert.Equal("<<>>", Codec.RoundTrip(onNull)());
    }

    [Fact(Timeout = 120_000)]
    public void OpenInstanceDelegates_ComeBack()
    {
        var open = typeof(Account).GetMethod(nameof(Account.Plus))!.CreateDelegate<Func<Account, int, int>>();
        Assert.Equal(5, Codec.RoundTrip(open)(new Account { Balance = 2 }, 3));
        var trim = typeof(string).GetMethod(nameof(string.Trim), [])!.CreateDelegate<Func<string, string>>();
        Assert.Equal("x", Codec.RoundTrip(trim)(" x "));
        var describe = typeof(Account).GetMethod(nameof(Account.Describe))!.CreateDelegate<Func<Account, string>>();
        Assert.Equal("override 1", Codec.RoundTrip(describe)(new SavingsAccount { Balance = 1 }));
    }

    [Fact(Timeout = 120_000)]
    public void Generics_TakeTheirArguments()
    {
        Assert.Equal("Int32:5", Codec.RoundTrip<Func<int, string>>(Show<int>)(5));
        Assert.Equal("List`1:s", Codec.RoundTrip(Maker<string>.Make<List<int>>("s"))());
        Assert.Equal("Cell:s", Codec.RoundTrip(Maker<string>.Make<Cell>("s"))());
        Assert.Equal("0DateTime", Codec.RoundTrip(Maker<DateTime>.Stateless<int>())());
        Assert.Equal("DayOfWeek:(Monday, 1)", Codec.RoundTrip(Maker<(DayOfWeek, int)>.Make<DayOfWeek>((DayOfWeek.Monday, 1)))());
    }

    [Fact(Timeout = 120_000)]
    public async Task AsyncLambdas_ComeBack()
    {
        int k = 3;
        string unused = "unused";
        Func<int, Task<int>> slow = async n =>
        {
            int sum = 0;
            for (int i = 0; i < n; i++)
            {
                await Task.Yield();
                sum += k;
            }

            return sum;
        };
        Action other = () => _ = unused;
        _ = other;
        Func<int, Task<int>> back = Codec.RoundTrip(slow);
        Assert.Equal(9, await back(3));
    }

    [Fact(Timeout = 120_000)]
    public void Iterators_ComeBack()
    {
        int k = 3;
        IEnumerable<int> Count(int n)
        {
            for (int i = 0; i < n; i++)
            {
                yield return i * k;
            }
        }

        Assert.Equal([0, 3, 6], Codec.RoundTrip<Func<IEnumerable<int>>>(() => Count(3))());
        Assert.Equal([0, 3, 6], Codec.RoundTrip(Count(3)));
        IEnumerable<int> captured = Count(4);
        Assert.Equal(18, Codec.RoundTrip<Func<int>>(() => captured.Sum())());
        using IEnumerator<int> half = Count(3).GetEnumerator();
        Assert.True(half.MoveNext());
        IEnumerator<int> rest = Codec.RoundTrip(half);
        Assert.True(rest.MoveNext());
        Assert.Equal(3, rest.Current);
    }

    [Fact(Timeout = 120_000)]
    public void Multicast_CallsAllOfThem()
    {
        var log = new List<string>();
        Action<string> all = log.Add;
        all += s => log.Add(s + "!");
        (Action<string> back, List<string> theirs) = Codec.RoundTrip((all, log));
        back("a");
        Assert.Equal(["a", "a!"], theirs);
        Assert.Empty(log);
        Assert.Equal(2, back.GetInvocationList().Length);
    }

    [Fact(Timeout = 120_000)]
    public void Delegates_InFieldsAndCollections_ComeBack()
    {
        int k = 2;
        var record = new Rule("double", x => x * k);
        Assert.Equal(8, Codec.RoundTrip(record).Apply(4));
        Assert.Equal(8, Codec.RoundTrip(new Dictionary<string, Func<int, int>> { ["d"] = record.Apply })["d"](4));
        Func<int, int> wrapped = new(record.Apply.Invoke);
        Assert.Equal(8, Codec.RoundTrip(wrapped)(4));
        Assert.Equal(8, Codec.RoundTrip<Func<int, int>>(x => record.Apply(x))(4));
    }

    [Fact(Timeout = 120_000)]
    public void UnusedCaptures_DoNotGetInTheWay()
    {
        using var stream = new MemoryStream();
        byte[] megabytes = new byte[4 << 20];
        int k = 4;
        Action log = () => stream.WriteByte((byte)megabytes.Length);
        log();
        Func<int, int> work = x => x + k;
        byte[] payload = Codec.Encode(work);
        Assert.True(payload.Length < 300, $"{payload.Length} bytes: unused captures were sent.");
        Assert.Equal(5, Codec.Decode<Func<int, int>>(payload)(1));
        var e = Codec.Refused(log);
        Assert.Equal("closure.stream", e.Path);
        Assert.Equal(typeof(MemoryStream), e.Culprit);
    }

    [Fact(Timeout = 120_000)]
    public void MoreThan64Captures_AreStillPruned()
    {
        Stream s = Stream.Null;
        int a0 = 0, a1 = 1, a2 = 2, a3 = 3, a4 = 4, a5 = 5, a6 = 6, a7 = 7, a8 = 8, a9 = 9;
        int b0 = 0, b1 = 1, b2 = 2, b3 = 3, b4 = 4, b5 = 5, b6 = 6, b7 = 7, b8 = 8, b9 = 9;
        int c0 = 0, c1 = 1, c2 = 2, c3 = 3, c4 = 4, c5 = 5, c6 = 6, c7 = 7, c8 = 8, c9 = 9;
        int d0 = 0, d1 = 1, d2 = 2, d3 = 3, d4 = 4, d5 = 5, d6 = 6, d7 = 7, d8 = 8, d9 = 9;
        int e0 = 0, e1 = 1, e2 = 2, e3 = 3, e4 = 4, e5 = 5, e6 = 6, e7 = 7, e8 = 8, e9 = 9;
        int f0 = 0, f1 = 1, f2 = 2, f3 = 3, f4 = 4, f5 = 5, f6 = 6, f7 = 7, f8 = 8, f9 = 9;
        int g0 = 0, g1 = 1, g2 = 2, g3 = 3, g4 = 4, g5 = 5, g6 = 6, g7 = 7, g8 = 8, g9 = 9;
        Func<int> sum = () => a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + b8 + b9
            + c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + d0 + d1 + d2 + d3 + d4 + d5 + d6 + d7 + d8 + d9
            + e0 + e1 + e2 + e3 + e4 + e5 + e6 + e7 + e8 + e9 + f0 + f1 + f2 + f3 + f4 + f5 + f6 + f7 + f8 + f9
            + g0 + g1 + g2 + g3 + g4 + g5 + g6 + g7 + g8 + g9;
        Func<int> last = () => g9;
        Func<bool> never = () => s.CanRead;
        for (int i = 0; i < 100; i++)
        {
            Func<int>[] back = Codec.RoundTrip<Func<int>[]>([last, sum]);
            Assert.Equal((9, 315), (back[0](), back[1]()));
        }

        _ = Codec.Refused(never);
    }

    [Fact(Timeout = 120_000)]
    public void CapturedThis_IsNamedInThePath()
    {
        var service = new Service();
        var e = Codec.Refused(service.Work());
        Assert.Equal("this", e.Path);
        Assert.Contains("[Sendable]", e.Message, StringComparison.Ordinal);
        e = Codec.Refused(service.WorkWith(3));
        Assert.Equal("closure.this", e.Path);
        Assert.Equal(typeof(Service), e.Culprit);
        Assert.Equal("target", Codec.Refused<Func<int>>(service.Method).Path);
    }

    [Fact(Timeout = 120_000)]
    public void CodeMadeAtRunTime_IsRefused()
    {
        int k = 1;
        Expression<Func<int>> expression = () => k;
        Assert.Contains("made at run time", Codec.Refused(expression.Compile()).Message, StringComparison.Ordinal);
        _ = Codec.Refused(expression);
        var method = new DynamicMethod("One", typeof(int), []);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
        Assert.Contains("'One'", Codec.Refused(method.CreateDelegate<Func<int>>()).Message, StringComparison.Ordinal);
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.Run);
        Type made = assembly.DefineDynamicModule("m").DefineType("T", TypeAttributes.Public).CreateType();
        Assert.Contains("made at run time", Codec.Refused(Activator.CreateInstance(made)).Message, StringComparison.Ordinal);
        _ = Codec.Refused(Activator.CreateInstance(typeof(List<>).MakeGenericType(made)));
    }

    [Fact(Timeout = 120_000)]
    public void AnotherBuild_IsRecognised()
    {
        Func<int> f = static () => 1;
        byte[] payload = Codec.Encode(f);
        byte[] build = typeof(DelegateTests).Module.ModuleVersionId.ToByteArray();
        int at = payload.AsSpan().IndexOf(build);
        Assert.True(at > 0);
        payload[at] ^= 0xFF;
        var e = Assert.Throws<BuildMismatchException>(() => Codec.Decode<Func<int>>(payload));
        Assert.Equal("Telar.Tests", e.AssemblyName);
        Assert.Equal(typeof(DelegateTests).Module.ModuleVersionId, e.LoadedBuild);
        Assert.NotEqual(e.LoadedBuild, e.SenderBuild);

        // The core library has builds as well, even for the types that are named by one byte.
        foreach (Delegate core in new Delegate[] { (Func<double, double>)Math.Sqrt, (Func<string, string, int>)string.CompareOrdinal, (Action<int>)new List<int>().Add })
        {
            payload = Codec.Encode(core);
            at = payload.AsSpan().IndexOf(typeof(object).Module.ModuleVersionId.ToByteArray());
            Assert.True(at > 0, $"{core.Method} travels without the build of its assembly.");
            payload[at] ^= 0xFF;
            e = Assert.Throws<BuildMismatchException>(() => Codec.Decode<Delegate>(payload));
            Assert.Equal("System.Private.CoreLib", e.AssemblyName);
        }
    }

    [Fact(Timeout = 120_000)]
    public void AnAssembly_ThatIsNotThere_IsNamed()
    {
        byte[] payload = Codec.Encode((Func<int>)(static () => 1));
        int at = payload.AsSpan().IndexOf("Telar.Tests"u8);
        payload[at] = (byte)'X';
        var e = Assert.Throws<SerializationException>(() => Codec.Decode<Func<int>>(payload));
        Assert.Contains("'Xelar.Tests'", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void HotPaths_GiveTheSameAsColdOnes()
    {
        for (int i = 0; i < 300; i++)
        {
            int n = i;
            string text = "t" + i;
            var point = new Cell { Value = i };
            (int, Cell, string) back = Codec.RoundTrip<Func<(int, Cell, string)>>(() => (n, point, text))();
            Assert.Equal((n, point, text), back);
        }
    }

    private static string Show<T>(T value) => $"{typeof(T).Name}:{value}";

    internal interface IDescribed
    {
        string Describe();
    }

    internal struct Cell
    {
        public int Value;

        public int Increment() => ++Value;
    }

    internal static class Maker<T>
    {
        internal static Func<string> Make<TOther>(T value) => () => $"{typeof(TOther).Name}:{value}";

        internal static Func<string> Stateless<TOther>() => static () => $"{default(TOther)}{typeof(T).Name}";
    }

    internal sealed record Rule(string Name, Func<int, int> Apply);

    [Sendable]
    internal class Account : IDescribed
    {
        internal int Balance { get; set; }

        public int Plus(int x) => Balance + x;

        public virtual string Describe() => "base " + Balance;

        internal Func<int, int> PlusLambda() => x => x + Balance;
    }

    [Sendable]
    internal sealed class SavingsAccount : Account
    {
        public override string Describe() => "override " + Balance;

        internal Func<string> BaseDescribe() => base.Describe;

        internal Func<string> BaseDescribeLambda() => () => base.Describe();
    }

    internal sealed class Service
    {
        private readonly StringBuilder _log = new("x");

        internal Func<int> Work() => () => _log.Length;

        internal Func<int> WorkWith(int k) => () => _log.Length + k;

        internal int Method() => _log.Length;
    }
}
