namespace Telar.ContextVars;

/// <summary>A <see cref="ContextVar{T}"/> of any type: the key of a <see cref="Context"/>.</summary>
/// <remarks>
/// <para>Only <see cref="ContextVar{T}"/> implements it. Variables are told apart by identity; two of the same name are two variables.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public interface IContextVar
{
    /// <summary>The name it was made with, for messages.</summary>
    /// <remarks>Python: <c>ContextVar.name</c>.</remarks>
    string Name { get; }

    /// <summary>The type of its values.</summary>
    Type ValueType { get; }

    /// <summary>Whether calls take its values along to other processes.</summary>
    internal bool CrossesProcesses { get; }

    /// <summary>Its number, which no other variable of the process has.</summary>
    internal uint Id { get; }
}
