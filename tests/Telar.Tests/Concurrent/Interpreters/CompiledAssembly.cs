using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Telar.Tests.Concurrent.Interpreters;

/// <summary>An assembly that a test compiles.</summary>
internal static class CompiledAssembly
{
    public static byte[] Compile(string name, string source, OutputKind kind, params string[] references)
    {
        string list = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!; // set by the host
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            list.Split(Path.PathSeparator).Concat(references).Select(static file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(kind));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        return image.ToArray();
    }
}
