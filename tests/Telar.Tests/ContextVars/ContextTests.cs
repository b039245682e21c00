using System.Collections;
using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;

public class ContextTests
{
    private static readonly ContextVar<int> s_number = new("number", 42);
    private static readonly ContextVar<string?> s_text = new("text");

    private static Context Made(int number, string? text)
    {
        Context context = new();
        context.Run(() =>
        {
            s_number.Set(number);
            s_text.Set(text);
        });
        return context;
    }

    [Fact(Timeout = 120_000)]
    public void ANewContext_IsEmpty_AlsoWhereVariablesAreSet()
    {
        s_number.Set(1);
        Context context = new();

        Assert.Empty(context);
        Assert.True(context.Count == 0);
        Assert.Equal(42, context.Run(() => s_number.Get()));
        Assert.Equal("Context with 0 values", context.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void AContext_IsADictionaryOfWhatWasSet()
    {
        Context context = Made(1, null);

        Assert.Equal(2, context.Count);
        Assert.Equal(1, context[s_number]);
        Assert.Null(context[s_text]);
        Assert.Equal(new HashSet<IContextVar> { s_number, s_text }, context.Keys.ToHashSet());
        Assert.Equal([null, 1], ((IReadOnlyDictionary<IContextVar, object?>)context).Values.OrderBy(value => value is int));
        Assert.Equal(new Dictionary<IContextVar, object?> { [s_number] = 1, [s_text] = null }, context.ToDictionary());
        Assert.Equal(2, ((IEnumerable)context).Cast<KeyValuePair<IContextVar, object?>>().Count());
        Assert.True(context.TryGetValue(s_number, out object? value));
        Assert.Equal(1, value);
    }

    [Fact(Timeout = 120_000)]
    public void ADefault_StandsInNoContext()
    {
        Context context = new();

        Assert.False(context.ContainsKey(s_number));
        Assert.False(context.TryGetValue(s_number, out _));
        Assert.False(context.TryGet(s_number, out _));
        Assert.Equal(7, context.Get(s_number, 7));
        Assert.Null(context.Get(s_text, null));
        LookupException missing = Assert.Throws<LookupException>(() => context[s_number]);
        Assert.Same(s_number, missing.Variable);
        Assert.Contains("'number' was not set in this context", missing.Message, StringComparison.Ordinal);
        Assert.Throws<LookupException>(() => context.Get(s_number));
    }

    [Fact(Timeout = 120_000)]
    public void Get_OfWhatWasSet_IsTyped()
    {
        Context context = Made(3, "x");

        Assert.True(context.ContainsKey(s_text));
        Assert.Equal(3, context.Get(s_number));
        Assert.Equal("x", context.Get(s_text, "y"));
        Assert.True(context.TryGet(s_text, out string? text));
        Assert.Equal("x", text);
    }

    [Fact(Timeout = 120_000)]
    public void NullKeys_AreRefused()
    {
        Context context = new();

        Assert.Throws<ArgumentNullException>(() => context[null!]);
        Assert.Throws<ArgumentNullException>(() => context.ContainsKey(null!));
        Assert.Throws<ArgumentNullException>(() => context.TryGetValue(null!, out _));
        Assert.Throws<ArgumentNullException>(() => context.Get<int>(null!));
        Assert.Throws<ArgumentNullException>(() => context.Run((Action)null!));
        Assert.Throws<ArgumentNullException>(() => context.Run((Func<int>)null!));
    }

    [Fact(Timeout = 120_000)]
    public void CopyCurrent_IsASnapshot()
    {
        s_number.Set(1);
        Context copy = Context.CopyCurrent();
        s_number.Set(2);
        s_text.Set("later");

        Assert.Equal(1, copy[s_number]);
        Assert.False(copy.ContainsKey(s_text));
        copy.Run(() => s_number.Set(3));
        Assert.Equal(2, s_number.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Copy_GoesItsOwnWay_AlsoFromInside()
    {
        Context context = Made(1, "x");
        Context copy = context.Copy();

        context.Run(() => s_number.Set(2));
        Assert.Equal(1, copy[s_number]);
        Context inner = context.Run(() =>
        {
            s_number.Set(3);
            return context.Copy();
        });
        Assert.Equal(3, inner[s_number]);
        Assert.False(inner.IsEntered);
    }

    [Fact(Timeout = 120_000)]
    public void CopyCurrent_AllocatesTheSameForAnyNumberOfValues()
    {
        long few = Measure();
        foreach (ContextVar<int> variable in Enumerable.Range(0, 1000).Select(i => new ContextVar<int>($"v{i}")))
        {
            variable.Set(1);
        }

        Assert.Equal(few, Measure());

        static long Measure()
        {
            Context.CopyCurrent();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                Context.CopyCurrent();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact(Timeout = 120_000)]
    public void Equality_IsByContent()
    {
        Context one = Made(1, "x");
        Context other = Made(1, "x");

        Assert.True(one.Equals(other));
        Assert.True(one.Equals((object)one.Copy()));
        Assert.True(new Context().Equals(new Context()));
        Assert.False(one.Equals(Made(2, "x")));
        Assert.False(one.Equals(Made(1, null)));
        Assert.False(one.Equals(new Context()));
        Assert.False(one.Equals(null));
        Assert.False(one.Equals((object)"x"));
        Assert.False(one == other);
        Assert.Contains("ReferenceEqualityComparer", Assert.Throws<NotSupportedException>(() => one.GetHashCode()).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void AnEnumeration_IsNotDisturbedByAChange()
    {
        Context context = Made(1, "x");
        context.Run(() =>
        {
            int seen = 0;
            foreach (KeyValuePair<IContextVar, object?> _ in context)
            {
                seen++;
                new ContextVar<int>("new").Set(1);
            }

            Assert.Equal(2, seen);
            Assert.Equal(4, context.Count);
        });
    }
}
