using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Telar.Tests.Serialization;

public class ClosurePropertyTests
{
    private const int Batches = 12;
    private const int ProgramsInABatch = 26;

    // Only what the programs use: the compiler looks for extension methods in every assembly that it is given.
    private static readonly MetadataReference[] s_references =
    [
        .. new[] { typeof(object), typeof(Enumerable), typeof(Stack<int>) }.Select(type => type.Assembly.Location)
            .Append(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Runtime.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    // 312 programs, half of them compiled for debugging and half for release; about a tenth of them must be refused.
    // Seen red with a scan that does not follow calls of lambdas and local functions, with one that does not follow state machines, and with
    // an encoder that sends nothing behind for a second delegate of the same scope.
    [Fact(Timeout = 300_000)]
    public void WhatTheCompilerMakesOfLambdas_IsSentInParts_ThatSuffice()
    {
        int seed = Environment.TickCount;
        int sent = 0, refused = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            var programs = new List<(string Name, string Source, bool Poisoned)>();
            for (int i = 0; i < ProgramsInABatch; i++)
            {
                var generator = new ProgramGenerator(unchecked(seed + batch * ProgramsInABatch + i));
                string name = $"P{i}";
                programs.Add((name, generator.Make(name, poison: i % 5 == 4), generator.Poisoned));
            }

            OptimizationLevel level = batch % 2 == 0 ? OptimizationLevel.Debug : OptimizationLevel.Release;
            Assembly assembly = Compile($"Generated{seed:X8}_{batch}", programs, level);
            foreach ((string name, string source, bool poisoned) in programs)
            {
                try
                {
                    Check(MakeLambda(assembly, name), poisoned, deferDepth: batch % 3 == 0 ? 48 : batch % 7);
                }
                catch (Exception e)
                {
                    Assert.Fail($"Seed {seed}, batch {batch}, {name}, {level}: {e}\n{source}");
                }

                _ = poisoned ? refused++ : sent++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {sent} sent, {refused} refused");
        Assert.True(sent > 200 && refused > 10, $"Seed {seed}: {sent} sent, {refused} refused.");
    }

    // Twice, because a lambda may change what it captured: both must go the same way.
    private static void Check(Func<string> direct, bool poisoned, int deferDepth)
    {
        if (poisoned)
        {
            _ = Codec.Refused(direct);
            return;
        }

        Func<string> there = Codec.RoundTrip(direct, deferDepth);
        Assert.Equal(direct(), there());
        Assert.Equal(direct(), there());
    }

    private static Func<string> MakeLambda(Assembly assembly, string name)
    {
        Type type = assembly.GetTypes().Single(t => t.Name == name || t.Name == name + "`1");
        if (type.IsGenericTypeDefinition)
        {
            type = type.MakeGenericType(typeof(DayOfWeek));
        }

        MethodInfo make = type.GetMethod("Make")!;
        if (make.IsGenericMethodDefinition)
        {
            make = make.MakeGenericMethod(typeof((int, string)));
        }

        object? target = make.IsStatic ? null : Activator.CreateInstance(type, 11, type.IsGenericType ? DayOfWeek.Friday : "own");
        object[] arguments = [.. make.GetParameters().Select(p => p.Name == "first" ? (object)DayOfWeek.Monday : (5, "five"))];
        return (Func<string>)make.Invoke(target, arguments)!;
    }

    private static Assembly Compile(string name, List<(string Name, string Source, bool Poisoned)> programs, OptimizationLevel level)
    {
        SyntaxTree[] trees = [Parse(ProgramGenerator.Prelude), .. programs.Select(p => Parse(Usings + p.Source))];
        var compilation = CSharpCompilation.Create(
            name, trees, s_references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: level));
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        if (!result.Success)
        {
            Diagnostic error = result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error);
            Assert.Fail($"{name}: the generator wrote a program that does not compile: {error}\n{error.Location.SourceTree}");
        }

        return Assembly.Load(image.ToArray());
    }

    private static string Usings => ProgramGenerator.Prelude[..ProgramGenerator.Prelude.IndexOf("public", StringComparison.Ordinal)];

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.CSharp14));
}
