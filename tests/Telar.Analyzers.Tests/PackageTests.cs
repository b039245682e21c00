using System.Diagnostics;
using System.IO.Compression;

namespace Telar.Analyzers.Tests;

/// <summary>The package as a user gets it: packed, taken from a folder of packages, restored without a network, and built with.</summary>
public sealed class PackageTests(PackageTests.Package package) : IClassFixture<PackageTests.Package>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public void I_get_one_assembly_without_dependencies_two_analyzers_and_props()
    {
        using ZipArchive archive = ZipFile.OpenRead(package.File);
        string[] names = [.. archive.Entries.Select(entry => entry.FullName).Where(name => !name.StartsWith('_') && !name.StartsWith('[') && !name.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "Telar.nuspec",
                "analyzers/dotnet/cs/Telar.Analyzers.CodeFixes.dll",
                "analyzers/dotnet/cs/Telar.Analyzers.dll",
                "buildTransitive/Telar.props",
                "lib/net10.0/Telar.dll",
                "lib/net10.0/Telar.xml",
            ],
            names);
        using StreamReader nuspec = new(archive.GetEntry("Telar.nuspec")!.Open());
        Assert.DoesNotContain("<dependency ", nuspec.ReadToEnd(), StringComparison.Ordinal);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_cannot_take_the_Monitor_of_a_Telar_lock(bool besideAClone)
    {
        (int exitCode, string output) = await package.BuildAsync("Mistaken", "", """
            namespace App;

            using Telar.Threading;

            public static class Program
            {
                private static readonly Lock s_gate = new();

                public static void Main()
                {
                    lock (s_gate)
                    {
                    }

                    s_gate.Enter();
                }
            }
            """, Token, besideAClone);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("Program.cs(11,15): error TELAR001: 'lock (s_gate)' takes a Monitor on the Lock", output, StringComparison.Ordinal);
        Assert.Contains("Program.cs(15,9): warning TELAR002", output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_can_have_Telars_names_in_the_whole_project(bool besideAClone)
    {
        const string program = """
            Lock gate = new();
            using (gate.Enter())
            {
                Console.WriteLine(string.Join(' ', typeof(Barrier), typeof(Lock), typeof(Semaphore), typeof(Thread), typeof(Timer)));
            }
            """;
        (int exitCode, string output) = await package.BuildAsync("Aliased", "<TelarAliases>true</TelarAliases>", program, Token, besideAClone);
        Assert.True(exitCode == 0, output);

        (exitCode, output) = await package.RunAsync(Path.Combine(package.Folder, Package.FolderNameOf("Aliased", besideAClone)), Token, "bin/out/Aliased.dll");
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            "Telar.Threading.Barrier Telar.Threading.Lock Telar.Threading.Semaphore Telar.Threading.Thread Telar.Threading.Timer", output.Trim());
    }

    [Fact(Timeout = 300_000)]
    public async Task I_keep_the_names_of_the_BCL_when_I_do_not_ask()
    {
        (int exitCode, string output) = await package.BuildAsync("Plain", "", """
            Lock gate = new();
            lock (gate)
            {
                Console.WriteLine(gate.IsHeldByCurrentThread);
            }
            """, Token);

        Assert.True(exitCode == 0, output);
    }

    /// <summary>The package, and a folder with projects that take it from there and from nowhere else.</summary>
    public sealed class Package : IAsyncLifetime
    {
#if DEBUG
        private const string Configuration = "Debug";
#else
        private const string Configuration = "Release";
#endif

        public string Folder { get; } = Directory.CreateTempSubdirectory("telar-package-").FullName;

        public string File => Directory.GetFiles(Folder, "Telar.*.nupkg").Single();

        public async ValueTask InitializeAsync()
        {
            (int exitCode, string output) = await RunAsync(
                Checkout.Root, Token, "pack", "src/Telar", "-c", Configuration, "--no-build", "--nologo", "-o", Folder);
            Assert.True(exitCode == 0, output);

            // Nothing of the machine's own settings, caches or of the repository around the tests takes part.
            await System.IO.File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), """
                <configuration>
                  <packageSources><clear /><add key="here" value="." /></packageSources>
                  <fallbackPackageFolders><clear /></fallbackPackageFolders>
                </configuration>
                """, Token);
            await System.IO.File.WriteAllTextAsync(Path.Combine(Folder, "Directory.Build.props"), $"""
                <Project>
                  <PropertyGroup>
                    <RestorePackagesPath>{Folder}/packages</RestorePackagesPath>
                  </PropertyGroup>
                </Project>
                """, Token);
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        /// <summary>Builds a program of one file.</summary>
        /// <param name="name">The name of the program.</param>
        /// <param name="properties">What else its project sets.</param>
        /// <param name="program">Its text.</param>
        /// <param name="cancellationToken">Cancels the wait.</param>
        /// <param name="besideAClone">Whether it takes Telar from this checkout, as the readme says, and not from the package.</param>
        public async Task<(int ExitCode, string Output)> BuildAsync(
            string name, string properties, string program, CancellationToken cancellationToken, bool besideAClone = false)
        {
            string folder = Directory.CreateDirectory(Path.Combine(Folder, FolderNameOf(name, besideAClone))).FullName;
            string telar = besideAClone
                ? $"""<Import Project="{Checkout.Root}/src/Telar/FromSource.props" />"""
                : """<ItemGroup><PackageReference Include="Telar" Version="*-*" /></ItemGroup>""";
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), program, cancellationToken);
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder, $"{name}.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <Nullable>enable</Nullable>
                    <UseAppHost>false</UseAppHost>
                    <NuGetAudit>false</NuGetAudit>
                    <OutDir>bin/out/</OutDir>
                    {properties}
                  </PropertyGroup>
                  {telar}
                </Project>
                """, cancellationToken);

            // The checkout is built already: other tests run from its assemblies now.
            return await RunAsync(
                folder, cancellationToken, "build", "--nologo", "-c", Configuration, "-p:BuildProjectReferences=false", "-p:UseSharedCompilation=false", "-nodeReuse:false");
        }

        /// <summary>The folder of a program below <see cref="Folder"/>.</summary>
        public static string FolderNameOf(string name, bool besideAClone) => besideAClone ? name + "BesideAClone" : name;

        public async Task<(int ExitCode, string Output)> RunAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
        {
            ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["DOTNET_NOLOGO"] = "1" },
            };
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output + await error);
        }
    }
}
