using System.CommandLine;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli;

public sealed class HashKeyTests
{
    [Theory]
    [InlineData("admin", "has 5 characters")]
    [InlineData("correct horse battery staple", "has 28 characters")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1 different")]
    [InlineData("Tr0ub4dor&3-QwErTy12Tr0ub4dor&3-QwErTy12", "repeat")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456789", "follow one another")]
    [InlineData("0101010101010101010101010101010101010101", "2 different")]
    public async Task A_key_that_can_be_guessed_is_refused(string key, string reason)
    {
        var (code, output, error) = await HashAsync(key);
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0f8b2c6a91d34e7755c0a1be38f4d962")]
    [InlineData("plk_2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfe")]
    [InlineData("J8s-Qn2!vLx0pTz7%RwYe4uKc9@hGd1m")]
    public async Task A_long_random_key_is_hashed(string key)
    {
        var (code, output, _) = await HashAsync(key);
        Assert.Equal(0, code);
        Assert.StartsWith("sha256: ", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> HashAsync(string key)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        try
        {
            var command = HashKeyVerb.Create(new Terminal(output, error, Interactive: false), new StringReader(key + "\n"));
            return (
                await command.Parse(["--stdin"]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }),
                output.ToString(),
                ""
            );
        }
        catch (CommandLineException refused)
        {
            return ((int)refused.ExitCode, output.ToString(), refused.Message);
        }
    }
}
