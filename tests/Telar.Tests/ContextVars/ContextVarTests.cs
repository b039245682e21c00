using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;
using Telar.Serialization;
using Telar.Tests.Serialization;

public class ContextVarTests
{
    [Fact(Timeout = 120_000)]
    public void AVariable_KnowsItsNameAndType_AndIsItselfOnly()
    {
        ContextVar<int> one = new("port");
        IContextVar other = new ContextVar<int>("port", 80);

        Assert.Equal("port", one.Name);
        Assert.Equal("port", other.Name);
        Assert.Equal(typeof(int), other.ValueType);
        Assert.NotEqual<object>(one, other);
        Assert.Equal("ContextVar<Int32> 'port', default: 80", other.ToString());
        Assert.Equal("ContextVar<Int32> 'port'", one.ToString());
        Assert.Equal("ContextVar<String> '', default: null", new ContextVar<string?>("", null).ToString());
        Assert.Throws<ArgumentNullException>(() => new ContextVar<int>(null!));
        Assert.True(typeof(ContextVar<int>).IsSealed);
    }

    [Fact(Timeout = 120_000)]
    public void AVariable_CannotBeSent()
    {
        ContextVar<int> variable = new("n");

        Assert.Throws<SerializationException>(() => Codec.RoundTrip(variable));
        Assert.Throws<SerializationException>(() => Codec.RoundTrip(variable.Set(1)));
        Assert.Throws<SerializationException>(() => Codec.RoundTrip(Context.CopyCurrent()));
    }

    [Fact(Timeout = 120_000)]
    public void Get_WhenNothingWasSet_TakesTheArgumentThenTheDefaultThenThrows()
    {
        ContextVar<int> bare = new("bare");
        ContextVar<int> withDefault = new("with", 5);
        ContextVar<string?> withNull = new("null", null);

        Assert.Equal(7, bare.Get(7));
        Assert.Equal(7, withDefault.Get(7));
        Assert.Equal(5, withDefault.Get());
        Assert.Null(withNull.Get());
        LookupException missing = Assert.Throws<LookupException>(() => bare.Get());
        Assert.Same(bare, missing.Variable);
        Assert.Contains("'bare' has no value here", missing.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<KeyNotFoundException>(missing);
    }

    [Fact(Timeout = 120_000)]
    public void TryGet_TellsAValueFromNone_AndCountsTheDefault()
    {
        ContextVar<string?> bare = new("bare");
        Assert.False(bare.TryGet(out string? value));
        Assert.Null(value);

        bare.Set(null);
        Assert.True(bare.TryGet(out value));
        Assert.Null(value);

        Assert.True(new ContextVar<string>("with", "x").TryGet(out value));
        Assert.Equal("x", value);
    }

    [Fact(Timeout = 120_000)]
    public void Set_GoesBeforeTheDefaults()
    {
        ContextVar<int> variable = new("n", 5);

        variable.Set(6);

        Assert.Equal(6, variable.Get());
        Assert.Equal(6, variable.Get(7));
    }

    [Fact(Timeout = 120_000)]
    public void Set_OfManyVariables_KeepsThemApart()
    {
        ContextVar<int>[] variables = [.. Enumerable.Range(0, 200).Select(i => new ContextVar<int>($"v{i}"))];
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i].Set(i);
        }

        Assert.All(variables, (variable, i) => Assert.Equal(i, variable.Get()));
    }

    [Fact(Timeout = 120_000)]
    public void Reset_PutsBackTheValueBefore_OrNone()
    {
        ContextVar<int> variable = new("n");
        Token<int> first = variable.Set(1);
        Token<int> second = variable.Set(2);

        variable.Reset(second);
        Assert.Equal(1, variable.Get());
        variable.Reset(first);
        Assert.False(variable.TryGet(out _));
    }

    [Fact(Timeout = 120_000)]
    public void Reset_InAnotherOrder_PutsBackWhatEachTokenSaw()
    {
        ContextVar<int> variable = new("n");
        Token<int> first = variable.Set(1);
        Token<int> second = variable.Set(2);

        variable.Reset(first);
        Assert.False(variable.TryGet(out _));
        variable.Reset(second);
        Assert.Equal(1, variable.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Reset_WithATokenThatWasUsed_Throws_AndChangesNothing()
    {
        ContextVar<int> variable = new("n");
        Token<int> token = variable.Set(1);
        variable.Reset(token);
        variable.Set(2);

        InvalidOperationException used = Assert.Throws<InvalidOperationException>(() => variable.Reset(token));
        Assert.Contains("has already been used", used.Message, StringComparison.Ordinal);
        Assert.Equal(2, variable.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Reset_WithATokenOfAnotherVariable_Throws_AndLeavesTheTokenGood()
    {
        ContextVar<int> one = new("one");
        ContextVar<int> two = new("two");
        Token<int> token = one.Set(1);

        Assert.Throws<ArgumentNullException>(() => one.Reset(null!));
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => two.Reset(token));
        Assert.Contains("'two' cannot be reset with a token made by a different variable, 'one'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(1, one.Get());
        one.Reset(token);
        Assert.False(one.TryGet(out _));
    }

    [Fact(Timeout = 120_000)]
    public void Reset_InAnotherContext_Throws_AndLeavesTheTokenGood()
    {
        ContextVar<int> variable = new("n");
        Token<int> token = variable.Set(1);
        Context copy = Context.CopyCurrent();

        ArgumentException inside = Assert.Throws<ArgumentException>(() => copy.Run(() => variable.Reset(token)));
        Assert.Contains("made in a different Context", inside.Message, StringComparison.Ordinal);
        Token<int> theirs = copy.Run(() => variable.Set(2));
        Assert.Throws<ArgumentException>(() => variable.Reset(theirs));
        Assert.Throws<ArgumentException>(() => variable.Reset(new Context().Run(() => variable.Set(3))));

        variable.Reset(token);
        Assert.False(variable.TryGet(out _));
        Assert.Equal(2, copy.Get(variable));
        copy.Run(() => variable.Reset(theirs));
        Assert.Equal(1, copy.Get(variable));
    }

    [Fact(Timeout = 120_000)]
    public void Reset_DoesNotKeepTheReplacedValueAlive()
    {
        ContextVar<object?> variable = new("n");
        ContextVar<int> other = new("other");
        WeakReference replaced = SetAndReplace();

        GC.Collect();
        Assert.False(replaced.IsAlive);
        Assert.Equal(1, other.Get());

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference SetAndReplace()
        {
            object large = new();
            variable.Set(large);
            other.Set(1);
            variable.Set(null);
            return new WeakReference(large);
        }
    }
}
