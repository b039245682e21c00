using System.Runtime.CompilerServices;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class GraphTests
{
    [Fact(Timeout = 120_000)]
    public void SharedObjects_StayShared()
    {
        var shared = new Person("Ada", 36);
        (Person a, List<object> list) = Codec.RoundTrip((shared, new List<object> { shared, shared, new Person("Ada", 36) }));
        Assert.Equal(shared, a);
        Assert.NotSame(shared, a);
        Assert.Same(a, list[0]);
        Assert.Same(a, list[1]);
        Assert.NotSame(a, list[2]);
        object?[] many = [.. Enumerable.Range(0, 5000).Select(i => (object)new Person("p", i))];
        many = [.. many, .. many];
        object?[] back = Codec.RoundTrip(many);
        Assert.Equal(5000, back.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Same(back[17], back[5017]);
    }

    [Fact(Timeout = 120_000)]
    public void Circles_AreClosedAgain()
    {
        var parent = new Tree { Name = "root" };
        var child = new Tree { Name = "leaf", Parent = parent };
        parent.Children.Add(child);
        child.Children.Add(parent);
        Tree back = Codec.RoundTrip(parent);
        Assert.Same(back, back.Children[0].Parent);
        Assert.Same(back, back.Children[0].Children[0]);
        var pair = new Tuple<object[], int>(new object[1], 1);
        pair.Item1[0] = pair;
        Tuple<object[], int> backPair = Codec.RoundTrip(pair);
        Assert.Same(backPair, backPair.Item1[0]);
    }

    [Fact(Timeout = 120_000)]
    public void LongChains_NeedNoDeepStack()
    {
        const int Length = 100_000;
        Link? head = null;
        for (int i = 0; i < Length; i++)
        {
            head = new Link { Value = i, Next = head };
        }

        Link back = Codec.RoundTrip(head)!;
        int count = 0;
        for (Link? link = back; link is not null; link = link.Next)
        {
            Assert.Equal(Length - 1 - count++, link.Value);
        }

        Assert.Equal(Length, count);

        object nested = new object[] { "end" };
        for (int i = 0; i < Length; i++)
        {
            nested = i % 2 == 0 ? new object[] { nested } : new List<object> { nested };
        }

        object deep = Codec.RoundTrip(nested);
        for (int i = 0; i < Length; i++)
        {
            deep = ((IList<object>)deep)[0];
        }

        Assert.Equal("end", ((object[])deep)[0]);
    }

    [Fact(Timeout = 120_000)]
    public void LongChains_OfDelegates_NeedNoDeepStack()
    {
        Func<int> f = () => 0;
        for (int i = 0; i < 1000; i++)
        {
            Func<int> inner = f;
            f = () => inner() + 1;
        }

        // One delegate holds the next through a closure, and closures can be put off.
        Assert.Equal(1000, Codec.RoundTrip(f)());
    }

    // Its head said which fields would come; what a second delegate needs beyond them must not slip into the body.
    [Fact(Timeout = 120_000)]
    public void AClosurePutOff_IsCompletedBehind_ForASecondDelegate()
    {
        string a = "a", b = "b";
        int n = 7;
        Func<string> first = () => a;
        Func<string> second = () => n + b;
        for (int depth = 40; depth < 60; depth++)
        {
            object nested = first;
            for (int i = 0; i < depth; i++)
            {
                nested = new[] { nested };
            }

            (object back, Func<string> backSecond) = Codec.RoundTrip((nested, second));
            for (int i = 0; i < depth; i++)
            {
                back = ((object[])back)[0];
            }

            Assert.Equal(("a", "7b"), (((Func<string>)back)(), backSecond()));
            Assert.Same(((Func<string>)back).Target, backSecond.Target);
        }
    }

    [Fact(Timeout = 120_000)]
    public void DeepNesting_InKeys_IsRefusedClearly()
    {
        Link? head = null;
        for (int i = 0; i < 5000; i++)
        {
            head = new Link { Value = i, Next = head };
        }

        var e = Codec.Refused(new Dictionary<Link, int> { [head!] = 1 });
        Assert.Contains("nested too deep", e.Message, StringComparison.Ordinal);
        Assert.StartsWith("Keys[0].Next.Next", e.Path, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void DeepValues_BesideHashTables_AreCompletedBeforeTheyAreHashed()
    {
        // Far down in a chain: a set whose items refer to something that was put off earlier.
        var item = new Person("late", 1);
        object nested = new HashSet<Person> { item };
        for (int i = 0; i < 60; i++)
        {
            nested = new object[] { nested, item };
        }

        object back = Codec.RoundTrip(nested);
        Person late = (Person)((object[])back)[1];
        for (int i = 0; i < 60; i++)
        {
            back = ((object[])back)[0];
        }

        Assert.Contains(new Person("late", 1), (HashSet<Person>)back);
        Assert.Same(late, ((HashSet<Person>)back).Single());
    }

    [Fact(Timeout = 120_000)]
    public void ShallowStack_IsNoProblemForLongChains()
    {
        Link? head = null;
        for (int i = 0; i < 20_000; i++)
        {
            head = new Link { Value = i, Next = head };
        }

        Exception? failure = null;
        int count = 0;
        var thread = new Thread(
            () =>
            {
                try
                {
                    for (Link? link = Codec.RoundTrip(head); link is not null; link = link.Next)
                    {
                        count++;
                    }
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        Assert.Equal(20_000, count);
    }

    [Fact(Timeout = 120_000)]
    public void RecordsAndConsentingClasses_GoFieldByField()
    {
        Assert.Equal(new Person("Ada", 36), Codec.RoundTrip(new Person("Ada", 36)));
        Assert.Equal(new Student("Ada", 36, "Maths"), Codec.RoundTrip<Person>(new Student("Ada", 36, "Maths")));
        Assert.Equal(new Point3("p", 1, 2), Codec.RoundTrip(new Point3("p", 1, 2)));
        var anonymous = new { Name = "x", Inner = new { Value = 4 } };
        Assert.Equal(anonymous, Codec.RoundTrip(anonymous));
        Derived derived = Codec.RoundTrip(new Derived(1, "d") { Init = 3 });
        Assert.Equal((1, "d", 3), (derived.BaseValue, derived.Own, derived.Init));
        Assert.Null(derived.Cache);
        Assert.Equal(5, ((IHasValue)Codec.RoundTrip<IHasValue>(new Old { Value = 5 })).Value);
        Assert.Equal(new Generic<Person>(new Person("g", 1)), Codec.RoundTrip(new Generic<Person>(new Person("g", 1))));
    }

    [Fact(Timeout = 120_000)]
    public void Constructors_NeverRun()
    {
        byte[] payload = Codec.Encode(new Derived(1, "d"));
        int before = Derived.Constructed;
        _ = Codec.Decode<Derived>(payload);
        Assert.Equal(before, Derived.Constructed);
    }

    [Fact(Timeout = 120_000)]
    public void BoxedStructs_MayHoldThemselvesNot()
    {
        object box = new Holder();
        ((IHolder)box).Hold(box);
        Assert.Contains("refers back to itself", Codec.Refused(box).Message, StringComparison.Ordinal);
    }

    internal sealed record Generic<T>(T Item);

    internal record Person(string Name, int Age);

    internal sealed record Student(string Name, int Age, string Subject) : Person(Name, Age);

    internal readonly record struct Point3(string Name, int X, int Y);

    internal interface IHasValue
    {
        int Value { get; }
    }

    internal interface IHolder
    {
        void Hold(object value);
    }

    [Sendable]
    internal struct Holder : IHolder
    {
        private object? _held;

        public readonly object? Held => _held;

        public void Hold(object value) => _held = value;
    }

    [Serializable]
    internal sealed class Old : IHasValue
    {
        public int Value { get; set; }
    }

    [Sendable]
    internal class Base
    {
        private readonly int _value;

        protected Base(int value) => _value = value;

        public int BaseValue => _value;
    }

    [Sendable]
    internal sealed class Derived : Base
    {
        [NonSerialized]
        public object? Cache;

        public Derived(int value, string own)
            : base(value)
        {
            Constructed++;
            Own = own;
            Cache = new object();
        }

        internal static int Constructed { get; private set; }

        public string Own { get; }

        public int Init { get; init; }
    }

    [Sendable]
    internal sealed class Link
    {
        public int Value;
        public Link? Next;
    }

    [Sendable]
    internal sealed class Tree
    {
        public string Name = "";
        public Tree? Parent;
        public List<Tree> Children = [];
    }
}
