using System.Reflection;
using System.Runtime.Loader;

namespace Telar.Concurrent.Interpreters;

public sealed partial class Interpreter
{
    /// <summary>The names that <see cref="PrepareMain(string, object?)"/> has given, in no particular order.</summary>
    /// <value>Those of this moment; none when it is closed.</value>
    /// <remarks>Python: <c>dir()</c> in the module <c>__main__</c>.</remarks>
    public IReadOnlyCollection<string> MainNames
    {
        get
        {
            lock (_gate)
            {
                return [.. _names.Keys];
            }
        }
    }

    /// <summary>Runs code in this interpreter, on the calling thread: the same as <see cref="Call(Action)"/>.</summary>
    /// <param name="code">What to run.</param>
    /// <inheritdoc cref="Call(Action)" path="/exception"/>
    /// <remarks>
    /// Python: <c>Interpreter.exec</c>, which takes source text. The package <c>Telar.Scripting</c> adds that; this takes what was compiled.
    /// </remarks>
    public void Exec(Action code) => Call(code);

    /// <summary>Runs a compiled program in this interpreter, on the calling thread, until its <c>Main</c> returns.</summary>
    /// <param name="file">The assembly. What it refers to is taken from this program, else from the folder of the file.</param>
    /// <param name="arguments">What its <c>Main</c> gets.</param>
    /// <returns>What its <c>Main</c> returns; 0 if that is nothing.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ExecutionFailedException">The program threw.</exception>
    /// <exception cref="InterpreterException">It is not an assembly that can be loaded, or it has no <c>Main</c>.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>Python: <c>Interpreter.exec</c>.</remarks>
    public int ExecFile(string file, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(arguments);
        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{this} was to run the program '{path}', but there is no such file.", path);
        }

        return RunProgram(context => context is InterpreterLoadContext own ? own.LoadProgram(path) : context.LoadFromAssemblyPath(path), arguments);
    }

    /// <summary>Runs a compiled program that is in memory, on the calling thread, until its <c>Main</c> returns.</summary>
    /// <param name="image">The bytes of the assembly.</param>
    /// <param name="symbols">The bytes of its portable debugging symbols, for line numbers in stack traces; empty for none.</param>
    /// <param name="arguments">What its <c>Main</c> gets.</param>
    /// <returns>What its <c>Main</c> returns; 0 if that is nothing.</returns>
    /// <exception cref="ExecutionFailedException">The program threw.</exception>
    /// <exception cref="InterpreterException">It is not an assembly that can be loaded, or it has no <c>Main</c>.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>Python: <c>Interpreter.exec</c>.</remarks>
    public int ExecImage(ReadOnlyMemory<byte> image, ReadOnlyMemory<byte> symbols = default, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return RunProgram(
            context =>
            {
                using var code = new MemoryStream(image.ToArray(), writable: false);
                using MemoryStream? debug = symbols.IsEmpty ? null : new MemoryStream(symbols.ToArray(), writable: false);
                return context.LoadFromStream(code, debug);
            },
            arguments);
    }

    /// <summary>Gives a value a name in this interpreter, under which code in it finds it with <see cref="GetMain"/>.</summary>
    /// <param name="name">The name. What had it before is let go.</param>
    /// <param name="value">The value; the interpreter gets a copy, or itself if <see cref="IsShareable"/>.</param>
    /// <exception cref="NotShareableException">The value holds something that cannot cross. The name stays as it was.</exception>
    /// <exception cref="InterpreterException">The interpreter does not have the type of the value. The name stays as it was.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>Python: <c>Interpreter.prepare_main</c>.</remarks>
    public void PrepareMain(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        AssemblyLoadContext context = CountIn();
        try
        {
            object? mine = value;
            if (Current != this)
            {
                Parcel parcel = Parcel.Pack(value);
                using AssemblyLoadContext.ContextualReflectionScope scope = context.EnterContextualReflection();
                mine = parcel.Open<object?>(this);
            }

            lock (_gate)
            {
                _names[name] = mine;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Gives values names in this interpreter, one after the other.</summary>
    /// <param name="values">The names and values.</param>
    /// <inheritdoc cref="PrepareMain(string, object?)" path="/exception"/>
    /// <remarks>Those before one that is refused stay. Python: <c>Interpreter.prepare_main</c>.</remarks>
    public void PrepareMain(IEnumerable<KeyValuePair<string, object?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach ((string name, object? value) in values)
        {
            PrepareMain(name, value);
        }
    }

    /// <summary>The value that has a name in this interpreter.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <returns>In this interpreter the value itself, the same one each time; elsewhere a copy, or itself if <see cref="IsShareable"/>.</returns>
    /// <exception cref="KeyNotFoundException">Nothing has this name.</exception>
    /// <exception cref="InvalidCastException">The value is not of that type, or of another interpreter's type of that name.</exception>
    /// <exception cref="NotShareableException">Called elsewhere: the value holds something that cannot cross.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    /// <remarks>Python: a name in the module <c>__main__</c>.</remarks>
    public T? GetMain<T>(string name) => TryGetMain(name, out T? value) ? value : throw new KeyNotFoundException(
        $"Nothing has the name '{name}' in {this}. Give it one with {nameof(PrepareMain)} first.");

    /// <summary>The value that has a name in this interpreter, if there is one.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="value">As <see cref="GetMain"/> returns it.</param>
    /// <returns>Whether there is one.</returns>
    /// <inheritdoc cref="GetMain" path="/exception[@cref='T:System.InvalidCastException']"/>
    public bool TryGetMain<T>(string name, out T? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        Interpreter caller = Current;
        AssemblyLoadContext context = CountIn();
        try
        {
            object? found;
            lock (_gate)
            {
                if (!_names.TryGetValue(name, out found))
                {
                    value = default;
                    return false;
                }
            }

            if (caller != this)
            {
                found = CopyOut(context, found, caller);
            }

            value = found is null ? default : found is T typed ? typed : throw new InvalidCastException(
                $"'{name}' in {this} is {TypeIdentity.Describe(found.GetType())}, not {TypeIdentity.Describe(typeof(T))}.");
            return true;
        }
        finally
        {
            Leave();
        }
    }

    private static object? CopyOut(AssemblyLoadContext context, object? value, Interpreter caller)
    {
        Parcel parcel;
        using (context.EnterContextualReflection())
        {
            parcel = Parcel.Pack(value);
        }

        return parcel.Open<object?>(caller);
    }

    private int RunProgram(Func<AssemblyLoadContext, Assembly> load, string[] arguments)
    {
        Interpreter caller = Current;
        AssemblyLoadContext context = CountIn();
        ExecutionContext? outside = ExecutionContext.Capture();
        CallOutcome outcome;
        try
        {
            using AssemblyLoadContext.ContextualReflectionScope scope = context.EnterContextualReflection();
            outcome = Invoke(EntryOf(load, context), arguments);
        }
        finally
        {
            RestoreContext(outside);
            Leave();
        }

        return outcome.Result<int>(caller, CancellationToken.None);
    }

    private MethodInfo EntryOf(Func<AssemblyLoadContext, Assembly> load, AssemblyLoadContext context)
    {
        Assembly program;
        try
        {
            program = load(context);
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            throw new InterpreterException(Id, $"{this} cannot load the program: {exception.Message}", exception);
        }

        return program.EntryPoint ?? throw new InterpreterException(
            Id, $"Assembly '{program.GetName().Name}' is a library: it has no Main that {this} could run. Call a method of it in a lambda.");
    }

    private CallOutcome Invoke(MethodInfo entry, string[] arguments)
    {
        try
        {
            object?[]? parameters = entry.GetParameters().Length == 0 ? null : [arguments];
            object? code = entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, parameters, null);
            return CallOutcome.Returned(this, Parcel.Pack(code as int? ?? 0));
        }
        catch (Exception exception)
        {
            return CallOutcome.Threw(this, exception, CancellationToken.None);
        }
    }
}
