using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;

namespace Telar.Serialization;

/// <summary>Compiles the code that writes or reads all fields of one type, for types that are used a lot.</summary>
[StackTraceHidden]
internal static class WalkCompiler
{
    /// <summary>
    /// Makes a method of the shape <c>(Slot[] slots, graph, object or ref struct, ulong mask)</c>, the last only if <paramref name="masked"/>.
    /// </summary>
    internal static TDelegate Compile<TDelegate>(FieldWalk walk, Type type, Type graph, bool masked, bool reading)
        where TDelegate : Delegate
    {
        Type target = type.IsValueType ? type.MakeByRefType() : typeof(object);
        Type[] parameters = masked ? [typeof(Slot[]), graph, target, typeof(ulong)] : [typeof(Slot[]), graph, target];
        var method = new DynamicMethod($"{(reading ? "Read" : "Write")} {type}", typeof(void), parameters, typeof(WalkCompiler).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        for (int i = 0; i < walk.Fields.Length; i++)
        {
            Label skip = default;
            if (masked)
            {
                skip = il.DefineLabel();
                il.Emit(OpCodes.Ldarg_3);
                il.Emit(OpCodes.Ldc_I8, 1L << i);
                il.Emit(OpCodes.And);
                il.Emit(OpCodes.Brfalse, skip);
            }

            if (reading)
            {
                il.Emit(OpCodes.Ldarg_2);
                EmitSlot(il, i);
                il.Emit(OpCodes.Callvirt, SlotMethod(walk.Fields[i], nameof(SlotOf<>.Read)));
                il.Emit(OpCodes.Stfld, walk.Fields[i]);
            }
            else
            {
                EmitSlot(il, i);
                il.Emit(OpCodes.Ldarg_2);
                il.Emit(OpCodes.Ldfld, walk.Fields[i]);
                il.Emit(OpCodes.Callvirt, SlotMethod(walk.Fields[i], nameof(SlotOf<>.Write)));
            }

            if (masked)
            {
                il.MarkLabel(skip);
            }
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<TDelegate>();
    }

    // No casts: the caller has checked the object, and slots of that index have that type.
    private static void EmitSlot(ILGenerator il, int index)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Ldarg_1);
    }

    private static MethodInfo SlotMethod(FieldInfo field, string name) =>
        typeof(SlotOf<>).MakeGenericType(field.FieldType).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!; // not null: see SlotOf
}
