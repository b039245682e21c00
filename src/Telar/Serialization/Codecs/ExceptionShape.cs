using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>What makes up exceptions: the fields of <see cref="Exception"/> itself, and for each type those that it adds.</summary>
[StackTraceHidden]
internal sealed class ExceptionShape
{
    private static readonly MemberTable<Type, ExceptionShape> s_byType = new();
    private static readonly InvalidOperationException s_blank = new();
    private static readonly FieldInfo? s_message = BaseField("_message");
    private static readonly FieldInfo? s_inner = BaseField("_innerException");
    private static readonly FieldInfo? s_source = BaseField("_source");
    private static readonly FieldInfo? s_helpLink = BaseField("_helpURL");
    private static readonly FieldInfo? s_data = BaseField("_data");
    private static readonly FieldInfo? s_code = BaseField("_xcode");
    private static readonly FieldInfo? s_innerList = typeof(AggregateException).GetField("_innerExceptions", SendPolicy.InstanceFields);

    private readonly Type _type;

    private ExceptionShape(Type type)
    {
        _type = type;
        Walk = new FieldWalk(type, IsOwn, stopAt: typeof(Exception));
    }

    /// <summary>The fields that the type and its bases add to <see cref="Exception"/>.</summary>
    internal FieldWalk Walk { get; }

    internal static ExceptionShape Of(Type type) => s_byType.GetOrAdd(type, static type => new ExceptionShape(type));

    /// <summary>Whether an object of this type may be made without a constructor. Another one comes as a <see cref="RemoteException"/>.</summary>
    internal static bool CanRebuild(Type type) =>
        typeof(Exception).IsAssignableFrom(type) && !type.IsAbstract && !type.ContainsGenericParameters && SymbolNames.Judge(type) is null
        && !SendPolicy.HasFinalizer(type);

    internal static string? RawMessage(Exception exception) => (string?)s_message?.GetValue(exception);

    internal static string? Source(Exception exception) => (string?)s_source?.GetValue(exception);

    internal static string? HelpLink(Exception exception) => (string?)s_helpLink?.GetValue(exception);

    internal static bool HasData(Exception exception) => s_data?.GetValue(exception) is not null;

    internal Exception CreateBlank()
    {
        var exception = (Exception)RuntimeHelpers.GetUninitializedObject(_type);
        s_code?.SetValue(exception, s_code.GetValue(s_blank));
        return exception;
    }

    internal static void SetHead(Exception exception, string? message, int hresult, string? source, string? helpLink)
    {
        s_message?.SetValue(exception, message);
        s_source?.SetValue(exception, source);
        s_helpLink?.SetValue(exception, helpLink);
        exception.HResult = hresult;
    }

    internal static void SetInner(Exception exception, Exception? inner) => s_inner?.SetValue(exception, inner);

    internal static void SetInnerList(AggregateException exception, Exception[] inner) => s_innerList?.SetValue(exception, inner);

    // The token of a cancellation is marked as left out, for reasons of long ago. Those inside an AggregateException go as a list.
    private static bool IsOwn(FieldInfo field) =>
        field.DeclaringType != typeof(AggregateException)
        && (!SendPolicy.IsLeftOut(field) || field.DeclaringType == typeof(OperationCanceledException));

    private static FieldInfo? BaseField(string name) => typeof(Exception).GetField(name, SendPolicy.InstanceFields);
}
