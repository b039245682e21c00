using System.Text;
using Xunit;

namespace Telar.Tests.Subprocesses.Messages;

using Telar.Subprocesses;
using Telar.Subprocesses.Messages;

/// <summary>Seen red with: cut before it is redacted; the shorter secret first; only the plain spelling.</summary>
public class RedactionTests
{
    [Fact(Timeout = 120_000)]
    public void ASecret_IsInNoMessage_HoweverItIsSpelt()
    {
        RunOptions options = new() { Secrets = ["it's a $ecret", "it", ""] };
        CommandLine program = ["curl", "-u", "me:it's a $ecret"];
        CommandLine shell = OperatingSystem.IsWindows() ? "x" : CommandLine.Shell($"curl -u \"me:{"it's a $ecret"}\" -H {"it's a $ecret"}");

        foreach (CommandLine command in new[] { program, shell })
        {
            string text = FailureTextTests.Fails(FailureTextTests.Ended(command, 1, stderr: "bad password: it's a $ecret\n", options: options)).ToString();
            Assert.DoesNotContain("ecret", text, StringComparison.Ordinal);
            Assert.Contains("bad password: ***", text, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public void ASecret_WhereTheTextIsCut_IsNotHalfThere()
    {
        string secret = string.Concat(Enumerable.Range(0, 60).Select(i => $"<{i:00}>"));
        RunOptions options = new() { Secrets = [secret] };
        for (int before = 0; before < 300; before += 7)
        {
            CommandLine command = ["x", new string('-', before), secret, new string('-', 30)];
            string stderr = secret + new string('-', 900 + before);
            string message = FailureTextTests.Fails(FailureTextTests.Ended(command, 1, stderr: stderr, options: options)).Message;

            Assert.DoesNotContain("<", message, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("GITHUB_TOKEN", "ghp_12345678", true)]
    [InlineData("db_password", "12345678", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", "12345678", true)]
    [InlineData("TOKEN_LIFE", "3600", false)]
    [InlineData("EDITOR", "/usr/bin/vi", false)]
    public void AVariable_WhoseNameSaysSo_IsASecret(string name, string value, bool isSecret)
    {
        RunOptions extra = new() { ExtraEnv = new Dictionary<string, string?> { [name] = value, ["GONE_TOKEN"] = null } };
        RunOptions whole = new() { Env = new Dictionary<string, string> { [name] = value } };

        Assert.Equal(isSecret ? "a ***" : $"a {value}", Redaction.Hide($"a {value}", extra));
        Assert.Equal(isSecret ? "a ***" : $"a {value}", Redaction.Hide($"a {value}", whole));
    }

    [Fact(Timeout = 120_000)]
    public void ALineOfASecretWithManyLines_IsASecret()
    {
        RunOptions options = new() { Secrets = ["-----BEGIN KEY-----\nabcdefghij\nxy\n"] };

        Assert.Equal("invalid line: ***", Redaction.Hide("invalid line: abcdefghij", options));
    }

    [Fact(Timeout = 120_000)]
    public void WhatTheChildWrote_StaysAsItIs()
    {
        RunOptions options = new() { Secrets = ["secret"] };

        Assert.Equal("secret", new CapturedOutput(Encoding.UTF8.GetBytes("secret"), options).Text);
    }
}
