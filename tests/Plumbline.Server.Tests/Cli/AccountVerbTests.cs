using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Cli;

/// <summary>`plumbline account` in processes of its own, on a folder that a server then has.</summary>
public sealed class AccountVerbTests : IDisposable
{
    private const string Password = "a long enough one";
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"plumbline-accounts-{Guid.NewGuid():N}");

    [Fact]
    public async Task The_first_account_is_made_before_the_server_is_put_on_the_network()
    {
        var (refused, why) = await RunAsync("", "serve", "--urls", "http://0.0.0.0:0");
        Assert.Equal(ExitCode.ConfigurationInvalid, refused);
        Assert.Contains("plumbline account add", why, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_data));
        Assert.Equal(ExitCode.Failure, (await RunAsync("", "account", "list")).Code);

        var (first, told) = await RunAsync(Password, "account", "add", "ben", "--role", "read");
        Assert.Equal((ExitCode.Usage, true), (first, told.Contains("must have the role admin", StringComparison.Ordinal)));
        // The folder is there by now, and still nobody is known.
        Assert.Equal(ExitCode.ConfigurationInvalid, (await RunAsync("", "serve", "--urls", "http://0.0.0.0:0")).Code);
        Assert.Equal(ExitCode.Ok, (await RunAsync(Password, "account", "add", "anna", "--role", "admin")).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync("too short", "account", "add", "ben", "--role", "read")).Code);
        Assert.Equal(
            ExitCode.Ok,
            (await RunAsync(Password, "account", "add", "ben", "--role", "annotate", "--models", "churn, fraud")).Code
        );

        using (var server = PlumblineProcess.Start(["serve", "--data", _data, "--urls", "http://0.0.0.0:0"]))
        {
            var address = await server.ListensAsync();
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
            {
                BaseAddress = new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
            };
            Assert.Equal("/", await SignInAsync(client, "anna", Password));
            Assert.Null(await SignInAsync(client, "anna", Password + "."));
            // One process at a time.
            Assert.Equal(ExitCode.Failure, (await RunAsync("", "account", "disable", "ben")).Code);
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Equal(ExitCode.Ok, (await RunAsync("", "account", "disable", "BEN")).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync("", "account", "disable", "anna")).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync("", "account", "enable", "nobody")).Code);
        var (listed, lines) = await RunAsync("", "account", "list");
        Assert.Equal(ExitCode.Ok, listed);
        Assert.Contains("anna  admin  all models  enabled  last signed in", lines, StringComparison.Ordinal);
        Assert.Contains("ben  annotate  churn, fraud  disabled  never signed in", lines, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await RunAsync("", "account", "enable", "ben")).Code);
        Assert.Equal(ExitCode.Ok, (await RunAsync("another long one", "account", "set-password", "anna")).Code);
        using var later = PlumblineProcess.Serve(_data);
        using var again = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = await later.ListensAsync() };
        Assert.Null(await SignInAsync(again, "anna", Password));
        Assert.Equal("/", await SignInAsync(again, "anna", "another long one"));
        Assert.Equal("/", await SignInAsync(again, "ben", Password));
    }

    [Theory]
    [InlineData("account")]
    [InlineData("account add")]
    [InlineData("account list")]
    [InlineData("account disable")]
    [InlineData("account enable")]
    [InlineData("account set-password")]
    public async Task Every_verb_has_help_with_examples(string verb)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await Plumbline.Server.Cli.CommandLine.RunAsync(
            [.. verb.Split(' '), "--help"],
            CommandLineTests.Real(),
            new Terminal(output, error, false)
        );
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_names_the_verb_whose_help_tells_more()
    {
        var error = new StringWriter();
        var code = await Plumbline.Server.Cli.CommandLine.RunAsync(
            ["account", "add", "anna", "--role", "king"],
            CommandLineTests.Real(),
            new Terminal(TextWriter.Null, error, false)
        );
        Assert.Equal((int)ExitCode.Usage, code);
        Assert.Contains("Run `plumbline account add --help`", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
            Directory.Delete(_data, recursive: true);
    }

    private async Task<(ExitCode Code, string Said)> RunAsync(string input, params string[] arguments)
    {
        using var process = PlumblineProcess.Start([.. arguments, "--data", _data], start => start.RedirectStandardInput = true);
        await process.Process.StandardInput.WriteLineAsync(input);
        process.Process.StandardInput.Close();
        return ((ExitCode)await process.EndAsync(), process.Said);
    }

    private static async Task<string?> SignInAsync(HttpClient client, string name, string password)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", name), KeyValuePair.Create("password", password)]);
        using var response = await client.PostAsync("/sign-in", form);
        return response.Headers.Location?.ToString();
    }
}
