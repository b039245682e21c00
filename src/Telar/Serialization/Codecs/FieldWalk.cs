using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>The fields of a type, base classes first, and their slots. The order is that of the metadata, the same in every process.</summary>
[StackTraceHidden]
internal sealed class FieldWalk
{
    // From here on the time to compile an accessor (about a millisecond) is soon earned back; the first messages do not pay for it.
    private const int HotUses = 64;

    private readonly Slot?[] _slots;
    private Slot[]? _allSlots;

    internal FieldWalk(Type type)
        : this(type, static field => !SendPolicy.IsLeftOut(field))
    {
    }

    internal FieldWalk(Type type, Func<FieldInfo, bool> include, Type? stopAt = null)
    {
        var fields = new List<FieldInfo>();
        for (Type? level = type; level is not null && level != stopAt; level = level.BaseType)
        {
            FieldInfo[] declared = level.GetFields(SendPolicy.InstanceFields);
            Array.Sort(declared, static (x, y) => x.MetadataToken.CompareTo(y.MetadataToken));
            int at = 0;
            foreach (FieldInfo field in declared)
            {
                if (include(field))
                {
                    fields.Insert(at++, field);
                }
            }
        }

        Fields = [.. fields];
        All = FieldMask.All(Fields.Length);
        _slots = new Slot?[Fields.Length];
    }

    internal FieldInfo[] Fields { get; }

    internal FieldMask All { get; }

    /// <summary>The slots of all fields.</summary>
    internal Slot[] Slots => _allSlots ??= MakeAll();

    /// <summary>The slot of one field. Made when it is needed: the type of a field that is left out may not even be loadable.</summary>
    internal Slot SlotAt(int index) => _slots[index] ??= Serialization.Slots.Of(Fields[index].FieldType);

    internal void Write(GraphEncoder encoder, object value, FieldMask mask)
    {
        for (int i = 0; i < Fields.Length; i++)
        {
            if (mask.Contains(i))
            {
                encoder.Trace?.EnterField(FieldNames.Of(Fields[i]));
                Slot slot = SlotAt(i);
                slot.WriteBoxed(encoder, slot is PointerSlot ? null : Fields[i].GetValue(value));
                encoder.Trace?.Leave();
            }
        }
    }

    internal void Read(GraphDecoder decoder, object value, FieldMask mask)
    {
        for (int i = 0; i < Fields.Length; i++)
        {
            if (mask.Contains(i))
            {
                Fields[i].SetValue(value, SlotAt(i).ReadBoxed(decoder));
            }
        }
    }

    /// <summary>Counts a use, and says once that it is time to compile.</summary>
    internal bool IsHot(ref int uses) =>
        uses < HotUses && ++uses == HotUses && RuntimeFeature.IsDynamicCodeCompiled && CanCompile();

    private bool CanCompile()
    {
        try
        {
            return !Array.Exists(Slots, static slot => slot is PointerSlot);
        }
        catch (Exception e) when (e is TypeLoadException or IOException or BadImageFormatException)
        {
            return false; // a field that is always left out, of a type whose assembly is not there
        }
    }

    private Slot[] MakeAll()
    {
        var slots = new Slot[Fields.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = SlotAt(i);
        }

        return slots;
    }
}
