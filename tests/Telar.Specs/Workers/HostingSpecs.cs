using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using Telar.Specs.Support;

namespace Telar.Specs.Workers;

/// <summary>A worker starts however the program was started.</summary>
public sealed class HostingSpecs : ProcessSpec
{
    private const string Answer = "42 elsewhere";

    private static string HostFolder => Path.GetDirectoryName(HostProgram.Path)!; // A file has a folder.

    private static string Repository => Path.GetFullPath(Path.Combine(HostFolder, "..", "..", "..", ".."));

    private static string Configuration => Path.GetFileName(HostFolder);

    [Theory(Timeout = 120_000)]
    [InlineData("answer")]
    [InlineData("frozen", "answer")]
    public async Task I_can_start_workers_from_the_programs_own_executable(params string[] command)
    {
        await using HostProgram host = HostProgram.Start(command);
        Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("answer")]
    [InlineData("frozen", "answer")]
    public async Task I_can_start_workers_from_dotnet_and_a_library(params string[] command)
    {
        await using HostProgram host = HostProgram.StartFile("dotnet", [HostProgram.Path + ".dll", .. command]);
        Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_start_workers_from_dotnet_exec_with_options()
    {
        await using HostProgram host = HostProgram.StartFile(
            "dotnet", "exec", "--runtimeconfig", HostProgram.Path + ".runtimeconfig.json", "--depsfile", HostProgram.Path + ".deps.json", HostProgram.Path + ".dll", "answer");
        Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_start_workers_from_dotnet_run()
    {
        await using HostProgram host = HostProgram.StartFile(
            "dotnet", "run", "--no-build", "-c", Configuration, "--project", Path.Combine(Repository, "tests", "Telar.Host"), "--", "answer");
        Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
    }

    /// <summary>Seen red: every call failed by itself, as a RemoteException of another library.</summary>
    [Theory(Timeout = 120_000)]
    [InlineData("host.dll")]
    [InlineData("Telar.dll")]
    public async Task I_am_told_which_file_was_changed_after_my_program_had_started(string file)
    {
        string folder = Directory.CreateTempSubdirectory("telar-rebuilt-").FullName;
        try
        {
            CopyFolder(HostFolder, folder);
            await using HostProgram host = HostProgram.StartFile(Path.Combine(folder, "host"), "rebuilt");
            Assert.Equal("42", await host.ExpectAsync("answer", Token));

            Rebuild(Path.Combine(folder, file));
            await host.WriteLineAsync("go on");

            string broken = await host.ExpectAsync("broken", Token);
            Assert.StartsWith("BuildMismatchException", broken, StringComparison.Ordinal);
            Assert.Contains($"another build of '{Path.Combine(folder, file)}'", broken, StringComparison.Ordinal);
            Assert.Equal(0, await host.WaitAsync(Token));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_start_workers_inside_dotnet_test()
    {
        // The test that is run there starts a worker from the test host.
        string report = await RunAsync(
            "dotnet", "test", Path.Combine(Repository, "tests", "Telar.Specs"), "-c", Configuration, "--no-build", "--nologo",
            "--filter", $"FullyQualifiedName~{nameof(WorkerSpecs)}.{nameof(WorkerSpecs.I_find_a_worker_by_its_name_in_process_listings)}");

        Assert.Contains("Passed:     1", report, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task I_can_start_workers_from_a_single_file()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"telar single {Environment.ProcessId}");
        try
        {
            await RunAsync("dotnet", "publish", Path.Combine(Repository, "tests", "Telar.Host"), "-c", Configuration, "-o", folder, "--nologo", "-v", "quiet",
                "--use-current-runtime", "--self-contained", "false", "-p:PublishSingleFile=true", $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}");
            Assert.False(File.Exists(Path.Combine(folder, "Telar.dll")), "It is no single file.");

            await using HostProgram host = HostProgram.StartFile(Path.Combine(folder, "host"), "answer");
            Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
            await using HostProgram interpreters = HostProgram.StartFile(Path.Combine(folder, "host"), "interpreters");
            Assert.Contains("published as a single file", await interpreters.ExpectAsync("refused", Token), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Seen red: trimmed, the first call failed with a MissingMethodException that blamed another thread. With a Telar.csproj that takes
    /// the property from the command line too, the publishing itself failed, by warnings about the library. A value sent through a pipe
    /// blamed another thread.
    /// </summary>
    [Theory(Timeout = 900_000)]
    [InlineData("PublishTrimmed")]
    [InlineData("PublishAot")]
    public async Task I_am_refused_interpreters_workers_and_values_where_code_was_left_out(string property)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"telar-{property}-{Environment.ProcessId}");
        try
        {
            (int exitCode, string report) = await TryRunAsync(
                "dotnet", "publish", Path.Combine(Repository, "tests", "Telar.Host"), "-c", Configuration, "-o", folder, "--nologo", "-v", "quiet",
                "--use-current-runtime", $"-p:{property}=true", $"-p:ArtifactsPath={Path.Combine(folder, "artifacts")}");
            Assert.SkipUnless(exitCode == 0 || !IsMissingTool(report), $"This machine cannot publish with {property}: {report}");
            Assert.True(exitCode == 0, report);

            await using HostProgram interpreters = HostProgram.StartFile(Path.Combine(folder, "host"), "interpreters");
            Assert.Contains("without PublishTrimmed and PublishAot", await interpreters.ExpectAsync("refused", Token), StringComparison.Ordinal);
            await using HostProgram workers = HostProgram.StartFile(Path.Combine(folder, "host"), "frozen", "answer");
            Assert.Contains("without PublishTrimmed and PublishAot", await workers.ReadToEndAsync(Token), StringComparison.Ordinal);
            await using HostProgram values = HostProgram.StartFile(Path.Combine(folder, "host"), "values");
            Assert.Contains("Send bytes", await values.ExpectAsync("refused", Token), StringComparison.Ordinal);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_told_the_remedy_where_startup_hooks_are_switched_off_and_Main_runs_once()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"telar-nohooks-{Environment.ProcessId}");
        try
        {
            SwitchHooksOff(folder);
            await using HostProgram host = HostProgram.StartFile(Path.Combine(folder, "host"), "answer");

            string all = await host.ReadToEndAsync(Token);

            Assert.NotEqual(0, await host.WaitAsync(Token));
            Assert.Contains("FreezeSupport", all, StringComparison.Ordinal);
            Assert.Contains("StartupHookSupport", all, StringComparison.Ordinal);
            Assert.Single(all.Split('\n'), static line => line.StartsWith("main ", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_use_FreezeSupport_where_startup_hooks_are_switched_off()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"telar-frozen-{Environment.ProcessId}");
        try
        {
            SwitchHooksOff(folder);
            await using HostProgram host = HostProgram.StartFile(Path.Combine(folder, "host"), "frozen", "answer");
            Assert.Equal(Answer, await host.ExpectAsync("answer", Token));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_Main_refuse_to_be_a_worker_whose_hook_was_missed()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"telar-missed-{Environment.ProcessId}");
        try
        {
            SwitchHooksOff(folder);
            await using HostProgram host = HostProgram.StartFile(
                "/usr/bin/env", $"TELAR_WORKER={Environment.ProcessId}", Path.Combine(folder, "host"), "answer");

            string all = await host.ReadToEndAsync(Token);

            Assert.Contains("started as a Telar worker", all, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void SwitchHooksOff(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(HostFolder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        string path = Path.Combine(folder, "host.runtimeconfig.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!; // The file of a built program.
        JsonObject options = config["runtimeOptions"]!.AsObject(); // As above.
        JsonObject properties = options["configProperties"]?.AsObject() ?? [];
        properties["System.StartupHookProvider.IsSupported"] = false;
        options["configProperties"] ??= properties;
        File.WriteAllText(path, config.ToJsonString());
    }

    private static async Task<string> RunAsync(string file, params string[] arguments)
    {
        (int exitCode, string report) = await TryRunAsync(file, arguments);
        Assert.True(exitCode == 0, $"'{file} {string.Join(' ', arguments)}' failed: {report}");
        return report;
    }

    // No linker for native code, or no package of the trimmer, the compiler or the runtime in the feeds.
    private static bool IsMissingTool(string report) =>
        report.Contains("Platform linker", StringComparison.Ordinal) || report.Contains("NU1101", StringComparison.Ordinal) || report.Contains("NU1102", StringComparison.Ordinal);

    private static async Task<(int ExitCode, string Report)> TryRunAsync(string file, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!; // No shell: a process or an exception.
        Task<string> output = process.StandardOutput.ReadToEndAsync(Token);
        string errors = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        string report = await output;
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        return (process.ExitCode, process.ExitCode == 0 ? report : report + errors);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>Gives an assembly the identity of another build, by a new file in its place as a compiler would.</summary>
    private static void Rebuild(string assembly)
    {
        byte[] content = File.ReadAllBytes(assembly);
        using (PEReader reader = new(new MemoryStream(content)))
        {
            MetadataReader metadata = reader.GetMetadataReader();
            Guid build = metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
            int at = content.AsSpan().IndexOf(build.ToByteArray());
            content[at]++;
        }

        File.WriteAllBytes(assembly + ".new", content);
        File.Move(assembly + ".new", assembly, overwrite: true);
    }
}
