namespace Telar.Concurrent.Interpreters;

/// <summary>What becomes of the items in an <see cref="InterpreterQueue{T}"/> when the interpreter that put them is closed.</summary>
/// <remarks>
/// Python: the parameter <c>unbounditems</c> with <c>UNBOUND</c>, <c>UNBOUND_ERROR</c> and <c>UNBOUND_REMOVE</c>; its default is
/// <c>UNBOUND</c>, here it is <see cref="Keep"/>.
/// </remarks>
public enum UnboundPolicy
{
    /// <summary>They stay: an item is a copy that belongs to no interpreter. Python cannot do this.</summary>
    Keep,

    /// <summary>Each is got as the default value of the item type. Python: <c>UNBOUND</c>, which a queue of one type has no room for.</summary>
    Replace,

    /// <summary>Getting one throws <see cref="ItemInterpreterDestroyedException"/>. Python: <c>UNBOUND_ERROR</c>.</summary>
    Raise,

    /// <summary>They are taken out at once. Python: <c>UNBOUND_REMOVE</c>.</summary>
    Remove,
}
