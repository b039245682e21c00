using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Telar.Tests.Subprocesses.CommandLines;

using Telar.Subprocesses;

/// <summary>Splitting and joining against each other, and against Python's shlex where there is a Python.</summary>
public class ShlexTests
{
    private const string Alphabet = "ab \t\n'\"\\$`#|é*=\r";

    private const string Script = """
        import json, shlex, sys
        def split(text):
            try: return shlex.split(text)
            except ValueError: return None
        texts = json.load(sys.stdin)
        json.dump([[split(t), shlex.quote(t)] for t in texts], sys.stdout)
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Split_OfToString_GivesTheWordsBack() =>
        Prop.ForAll<string[]>(words =>
        {
            string[] clean = ["program", .. words.Select(word => (word ?? "").Replace("\0", "", StringComparison.Ordinal))];
            return CommandLine.Split(CommandLine.Create(clean).ToString()).SequenceEqual(clean, StringComparer.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(2000));

    [Fact(Timeout = 120_000)]
    public async Task SplitAndQuote_OfAnyText_GiveWhatPythonGives()
    {
        Random random = new(20261122);
        string[] texts = [.. Enumerable.Range(0, 3000).Select(_ => string.Concat(
            Enumerable.Range(0, random.Next(14)).Select(_ => Alphabet[random.Next(Alphabet.Length)])))];

        JsonElement[] answers = await AskPython(texts);

        for (int i = 0; i < texts.Length; i++)
        {
            JsonElement split = answers[i][0];
            string[]? expected = split.ValueKind == JsonValueKind.Null ? null : [.. split.EnumerateArray().Select(word => word.GetString()!)];
            Assert.Equal(expected, SplitOrNull(texts[i]));
            Assert.Equal(answers[i][1].GetString(), CommandLine.Quote(texts[i]));
        }
    }

    // A program is needed, so one is put in front. Python refuses the same texts with and without it.
    private static string[]? SplitOrNull(string text)
    {
        try
        {
            return [.. CommandLine.Split("program " + text).Skip(1)];
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static async Task<JsonElement[]> AskPython(string[] texts)
    {
        Process? python = null;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-c", Script]) { RedirectStandardInput = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no python3 to compare with.");
        }

        using (python)
        {
            await python!.StandardInput.WriteAsync(JsonSerializer.Serialize(texts).AsMemory(), Token); // not null: started
            python.StandardInput.Close();
            string answer = await python.StandardOutput.ReadToEndAsync(Token);
            await python.WaitForExitAsync(Token);
            return JsonSerializer.Deserialize<JsonElement[]>(answer)!;
        }
    }
}
