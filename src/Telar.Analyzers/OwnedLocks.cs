using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>Recognises the locks that only their thread may release, and where they are held.</summary>
internal readonly struct OwnedLocks(TelarTypes types)
{
    /// <summary>What the resource of a <c>using</c> entered.</summary>
    /// <returns>The lock; <see langword="null"/> when it is none, or not surely one that its thread owns.</returns>
    public IOperation? EnteredBy(IOperation resource)
    {
        IOperation? value = resource is IVariableDeclarationGroupOperation group
            ? group.Declarations.SelectMany(each => each.Declarators).FirstOrDefault()?.GetVariableInitializer()?.Value
            : resource;
        return value is null ? null : ReceiverOf("Enter", value);
    }

    /// <summary>What was acquired right before a <c>try</c> whose <c>finally</c> releases it, and is not released in between.</summary>
    /// <returns>The lock; <see langword="null"/> when there is none, or not surely one that its thread owns.</returns>
    public IOperation? AcquiredFor(ITryOperation attempt)
    {
        OwnedLocks locks = this;
        if (attempt is not { Finally: { } last, Parent: IBlockOperation block }
            || block.Operations.TakeWhile(each => each != attempt).LastOrDefault() is not IExpressionStatementOperation before
            || locks.ReceiverOf("Acquire", before.Operation) is not { } held)
        {
            return null;
        }

        string name = held.Syntax.ToString();
        return last.Operations.Any(each => each is IExpressionStatementOperation { Operation: var call } && IsRelease(call))
            && !attempt.Body.Descendants().Any(IsRelease)
            ? held
            : null;

        bool IsRelease(IOperation operation) => locks.ReceiverOf("Release", operation)?.Syntax.ToString() == name;
    }

    /// <summary>Whether it is a condition, which holds by the lock it was made with.</summary>
    public bool IsCondition(IOperation held) => types.Is(held.Type, "Threading", "Condition");

    private IOperation? ReceiverOf(string method, IOperation operation) =>
        TelarTypes.WithoutConversions(operation) is IInvocationOperation { Instance: { } receiver } call
        && call.TargetMethod.Name == method
        && BelongsToThread(receiver)
            ? receiver
            : null;

    private bool BelongsToThread(IOperation held) =>
        types.Is(held.Type, "Threading", "RLock") || (IsCondition(held) && MadeAs(held) is { } made && HasReentrantLock(made));

    // Made without a lock, a condition makes an RLock.
    private bool HasReentrantLock(IObjectCreationOperation made)
    {
        IOperation? given = made.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value;
        return given is null
            || TelarTypes.WithoutConversions(given) is var value
            && (value.ConstantValue is { HasValue: true, Value: null } || types.Is(value.Type, "Threading", "RLock"));
    }

    // Only where nothing else can have been put there: a readonly field of this file, or a local variable that is never assigned again.
    private static IObjectCreationOperation? MadeAs(IOperation held)
    {
        ISymbol? variable = held switch
        {
            IFieldReferenceOperation { Field: { IsReadOnly: true } field } => field,
            ILocalReferenceOperation { Local: var local } when !IsAssigned(local, held) => local,
            _ => null,
        };
        return variable?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } made }
            && held.SemanticModel is { } model
            && made.SyntaxTree == model.SyntaxTree
                ? model.GetOperation(made) as IObjectCreationOperation
                : null;
    }

    private static bool IsAssigned(ILocalSymbol local, IOperation inside)
    {
        while (inside.Parent is { } parent)
        {
            inside = parent;
        }

        return inside.Descendants().Any(each =>
            each is IAssignmentOperation { Target: ILocalReferenceOperation target } && SymbolEqualityComparer.Default.Equals(target.Local, local));
    }
}
