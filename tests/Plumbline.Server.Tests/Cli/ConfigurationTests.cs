using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Hosting;

namespace Plumbline.Server.Tests.Cli;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plumbline-{Guid.NewGuid():N}.yaml");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_file_sets_what_it_names_and_the_command_line_wins_over_it()
    {
        Write(
            """
            data_directory: /srv/plumbline
            urls: http://127.0.0.1:8080
            engine:
              memory_mib: 4_096
            ingestion: { spool_mib: 64 }
            access:
              keys:
                - name: ci
                  role: ingest
                  sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
                  models: [a, b]
            """
        );
        var options = ServerConfiguration.Read(_file, urls: ["http://127.0.0.1:9000"]);
        Assert.Equal(
            ("/srv/plumbline", "http://127.0.0.1:9000", 4096, 64),
            (options.DataDirectory, options.Urls, options.Engine.MemoryMiB, options.Ingestion.SpoolMiB)
        );
        Assert.Equal(new PlumblineOptions().Engine.Connections, options.Engine.Connections);
        Assert.Equal(["a", "b"], Assert.Single(options.Access.Keys).Models);
    }

    [Fact]
    public void A_state_elsewhere_is_named_whole_and_not_beside_a_file()
    {
        Write(
            """
            state:
              kind: postgresql
              port: 70000
              password: one
              password_variable: PLUMBLINE_NOT_SET
              connections: 2
            """
        );
        var mistakes = Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(_file)).Mistakes;
        Assert.Equal(
            [
                "state.connections",
                "state.database",
                "state.host",
                "state.password_variable",
                "state.password_variable",
                "state.port",
                "state.user",
            ],
            mistakes.Select(mistake => mistake.Path).Order(StringComparer.Ordinal)
        );
        Assert.Contains(mistakes, mistake => (mistake.Line, mistake.Message) == (3, "70000 is outside 1..65535."));
        Assert.Contains(mistakes, mistake => mistake.Message == "the environment variable 'PLUMBLINE_NOT_SET' is not set.");

        Write("state: { host: db.internal }");
        var alone = Assert.Single(Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(_file)).Mistakes);
        Assert.Equal(("state.host", "means nothing for sqlite; remove it, or say kind: postgresql."), (alone.Path, alone.Message));
    }

    [Fact]
    public async Task A_check_says_where_the_state_would_be_and_not_its_password()
    {
        Write("state: { kind: postgresql, host: db.internal, database: plumbline, user: ann, password: s3cret, tls: verify }");
        await using var output = new StringWriter();
        await CommandLine.RunAsync(["check-config", _file], CommandLineTests.Real(), new Terminal(output, TextWriter.Null, false));
        Assert.Contains("state in the database 'plumbline' at db.internal:5432;", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", $"{ServerConfiguration.Read(_file).State}", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_told_with_its_line_and_what_was_probably_meant()
    {
        Write(
            """
            urls: http://127.0.0.1:8080
            engin:
              memory_mib: 512
            ingestion:
              spool_mb: 64
              max_body_mib: lots
            windows: 5
            """
        );
        var mistakes = Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(_file)).Mistakes;
        Assert.Equal(
            [(2, "engin"), (5, "ingestion.spool_mb"), (6, "ingestion.max_body_mib"), (7, "windows")],
            mistakes.Select(mistake => ((int)mistake.Line, mistake.Path))
        );
        Assert.Contains("Did you mean 'engine'?", mistakes[0].Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'spool_mib'?", mistakes[1].Message, StringComparison.Ordinal);
        Assert.Contains("'lots' is not a whole number", mistakes[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_variables_win_over_the_file_and_the_command_line_over_both()
    {
        Write(
            """
            urls: http://127.0.0.1:8080
            data_directory: /srv/file
            engine: { memory_mib: 4096, connections: 2 }
            """
        );
        var options = ServerConfiguration.Read(
            _file,
            dataDirectory: "/srv/line",
            variables: new Dictionary<string, string>
            {
                ["PLUMBLINE__URLS"] = "http://127.0.0.1:1;http://127.0.0.1:2",
                ["PLUMBLINE__DATA_DIRECTORY"] = "/srv/variable",
                ["PLUMBLINE__ENGINE__MEMORY_MIB"] = "2048",
                ["PLUMBLINE__DELIVERY__GROUP_WAIT"] = "3s",
                ["PLUMBLINE__PUBLIC_URL"] = "https://plumbline.example.com",
                ["PLUMBLINE__ACCESS__HOSTS"] = "[one.internal, two.internal]",
                ["PLUMBLINE__ACCESS__KEYS"] = $$"""[{"name": "ci", "role": "ingest", "sha256": "{{new string('a', 64)}}"}]""",
            },
            urls: []
        );
        Assert.Equal(
            ("http://127.0.0.1:1;http://127.0.0.1:2", "/srv/line", 2048, 2),
            (options.Urls, options.DataDirectory, options.Engine.MemoryMiB, options.Engine.Connections)
        );
        Assert.Equal(TimeSpan.FromSeconds(3), options.Delivery.GroupWait);
        Assert.Equal(["one.internal", "two.internal"], options.Access.Hosts);
        Assert.Equal("ci", Assert.Single(options.Access.Keys).Name);
    }

    [Theory]
    [InlineData("PLUMBLINE__INGESTION__SPOOL_MB", "64", "ingestion.spool_mb: unknown key. Did you mean 'spool_mib'?")]
    [InlineData("PLUMBLINE__INGESTION__SPOOL_MIB", "lots", "ingestion.spool_mib: 'lots' is not a whole number")]
    [InlineData("PLUMBLINE__ENGINE__MEMORY_MIB", "1", "engine.memory_mib: 1 is outside 256")]
    [InlineData("PLUMBLINE__ENGINE", "5", "engine: must hold keys and values")]
    [InlineData("PLUMBLINE__ACCESS__HOSTS", "[a", "")]
    [InlineData("PLUMBLINE__ACCESS__HOSTS", "[a]\n---\n[b]\n", "one document only")]
    [InlineData("PLUMBLINE__", "1", "unknown key.")]
    public void A_variable_that_is_not_right_is_named(string name, string value, string message)
    {
        Write("role: all\n");
        var error = Assert.Throws<ConfigurationException>(() =>
            ServerConfiguration.Read(_file, variables: new Dictionary<string, string> { [name] = value })
        );
        Assert.Contains(
            error.Message.Split(Environment.NewLine),
            line => line.StartsWith($"environment variable {name}: {message}", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Mistakes_of_the_file_and_of_variables_are_told_together()
    {
        Write("engin: 1\n");
        var mistakes = Assert
            .Throws<ConfigurationException>(() =>
                ServerConfiguration.Read(_file, variables: new Dictionary<string, string> { ["PLUMBLINE__WINDOW"] = "1" })
            )
            .Mistakes;
        Assert.Equal([("engin", null), ("window", "PLUMBLINE__WINDOW")], mistakes.Select(mistake => (mistake.Path, mistake.Variable)));
    }

    [Theory]
    [InlineData("engine:\n  memory_mib: 1\n", 2, "outside 256")]
    [InlineData("role: all\nurls: http://0.0.0.0:80\n", 2, "reachable from other machines")]
    [InlineData("access:\n  keys:\n  - name: x\n    role: boss\n    sha256: ab\n", 4, "'boss' is not one of")]
    [InlineData("a: 1\na: 2\n", 2, "uplicate")]
    [InlineData("a: [1\n", 2, "")]
    [InlineData("just a text\n", 1, "must hold keys and values")]
    public void A_value_that_is_not_allowed_is_found_at_its_line(string yaml, int line, string message)
    {
        Write(yaml);
        var mistakes = Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(_file)).Mistakes;
        Assert.Contains(mistakes, mistake => mistake.Line == line && mistake.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    public void An_empty_file_changes_nothing(string yaml)
    {
        Write(yaml);
        Assert.Equal(new PlumblineOptions().Urls, ServerConfiguration.Read(_file).Urls);
    }

    [Fact]
    public async Task Check_config_answers_5_and_names_file_and_line()
    {
        Write("urls: http://127.0.0.1:8080\nrolle: all\n");
        var error = new StringWriter();
        var code = await CommandLine.RunAsync(
            ["check-config", _file],
            CommandLineTests.Real(),
            new Terminal(TextWriter.Null, error, false)
        );
        Assert.Equal((int)ExitCode.ConfigurationInvalid, code);
        Assert.Contains($"{_file}:2:1: rolle: unknown key. Did you mean 'role'?", error.ToString(), StringComparison.Ordinal);
    }

    private void Write(string yaml) => File.WriteAllText(_file, yaml);
}
