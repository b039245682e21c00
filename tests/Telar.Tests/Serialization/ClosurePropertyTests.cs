using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

public class ClosurePropertyTests
{
    private const int Batches = 14;
    private const int ProgramsInABatch = 25;

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    // 350 programs, each compiled for debugging and for release: 700 lambdas, a fifth of which must be refused.
    [Fact(Timeout = 300_000)]
    public void WhatTheCompilerMakesOfLambdas_IsSentInParts_ThatSuffice()
    {
        int seed = Environment.TickCount;
        CancellationToken token = TestContext.Current.CancellationToken;
        int sent = 0, refused = 0, slim = 0;
        for (int batch = 0; batch < Batches; batch++)
        {
            var programs = new List<(string Name, string Source, bool Poisoned)>();
            for (int i = 0; i < ProgramsInABatch; i++)
            {
                var generator = new ProgramGenerator(unchecked(seed + batch * ProgramsInABatch + i));
                string name = $"P{i}";
                programs.Add((name, generator.Make(name, poison: i % 5 == 4), generator.Poisoned));
            }

            foreach (OptimizationLevel level in Enum.GetValues<OptimizationLevel>())
            {
                token.ThrowIfCancellationRequested();
                Assembly assembly = Compile($"Generated{seed:X8}_{batch}_{level}", programs, level);
                foreach ((string name, string source, bool poisoned) in programs)
                {
                    Func<string> direct = MakeLambda(assembly, name);
                    try
                    {
                        if (poisoned)
                        {
                            _ = Codec.Refused(direct);
                            refused++;
                            continue;
                        }

                        byte[] payload = Codec.Encode(direct);
                        Func<string> there = Codec.Decode<Func<string>>(payload);
                        for (int call = 0; call < 2; call++)
                        {
                            Assert.Equal(direct(), there());
                        }

                        sent++;
                        slim += payload.AsSpan().IndexOf("MemoryStream"u8) < 0 ? 1 : 0;
                    }
                    catch (Exception e)
                    {
                        Assert.Fail($"Seed {seed}, batch {batch}, {name}, {level}: {e}\n{source}");
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {sent} sent, {refused} refused");
        Assert.True(sent > 400 && refused > 40 && slim == sent, $"Seed {seed}: {sent} sent, {refused} refused, {slim} slim.");
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
