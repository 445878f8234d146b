using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Ingestion.Sources;
using Plumbline.Ingestion.Sources.Connections;
using Plumbline.Ingestion.Sources.Reading;
using Plumbline.Server.Cli.Configuration;
using Plumbline.Server.Tests.Cli;
using Plumbline.Server.Tests.Ingestion;

namespace Plumbline.Server.Tests.Outcomes.Sources;

/// <summary>What can be declared, in the configuration file and over the API; and docs/sources.md.</summary>
public sealed partial class SourceDeclarationTests(TestHost host)
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "sources.md"));

    [Fact]
    public void Every_mistake_of_the_configuration_file_is_told_with_its_line_and_no_secret()
    {
        const string Yaml = """
            sources:
              timeout: 2h
              connections:
                - name: a
                  kind: postgresql
                  host: db
                  database: d
                  user: u
                  password: tell-nobody
                  password_variable: NOT_SET_ANYWHERE_PLUMBLINE
                - name: a
                  kind: files
                  folder: /not/there/plumbline
                  bucket: abc
                - name: b
                  kind: s3
                  endpoint: https://s3.example.com
                  bucket: ab
                  access_key: x
            """;
        var mistakes = Read(Yaml, out var options);
        Assert.Null(options);
        string[] expected =
        [
            "sources.connections[0].password_variable",
            "sources.connections[0].password_variable",
            "sources.connections[1].bucket",
            "sources.connections[1].folder",
            "sources.connections[1].name",
            "sources.connections[2].access_key",
            "sources.connections[2].bucket",
            "sources.timeout",
        ];
        Assert.Equal(expected, mistakes.Select(mistake => mistake.Path).Order(StringComparer.Ordinal));
        Assert.All(mistakes, mistake => Assert.InRange(mistake.Line, 2, 19));
        Assert.DoesNotContain(mistakes, mistake => mistake.Message.Contains("tell-nobody", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../x.parquet")]
    [InlineData("/etc/x.parquet")]
    [InlineData("a/../../x.parquet")]
    [InlineData("a//x.parquet")]
    [InlineData("{a,../../b}.parquet")]
    [InlineData("a?versionId=1.parquet")]
    [InlineData("%2e%2e/x.parquet")]
    [InlineData("a\\..\\x.parquet")]
    [InlineData("a**b/x.parquet")]
    [InlineData("x.csv")]
    [InlineData("")]
    public async Task No_path_leads_out_of_its_folder(string path)
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        var errors = await RefusedAsync(
            model,
            new
            {
                connection = "folder",
                path,
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = "a",
                    timestamp = "b",
                    value = "c",
                },
                watermark = "d",
            }
        );
        Assert.Equal("path", Assert.Single(errors).Field);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_field_by_field()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        var errors = await RefusedAsync(
            model,
            new
            {
                connection = "nowhere",
                gives = "ground_truth",
                columns = new
                {
                    timestamp = "",
                    value = "c",
                    version = "v",
                },
                watermark = "w",
                tie_breaker = "w",
                every = "8d",
                page = 0,
                overlap = "-1",
                signal = "x",
            }
        );
        Assert.Equal(
            [
                "columns.prediction_id",
                "columns.timestamp",
                "columns.version",
                "connection",
                "every",
                "overlap",
                "page",
                "signal",
                "tie_breaker",
            ],
            errors.Select(error => error.Field).Order(StringComparer.Ordinal)
        );
        Assert.Contains("warehouse", errors.Single(error => error.Field == "connection").Reason, StringComparison.Ordinal);
        errors = await RefusedAsync(
            model,
            new
            {
                connection = "warehouse",
                path = "x.parquet",
                gives = "signals",
                columns = new { timestamp = "t", source = "s" },
                watermark = "w",
            }
        );
        Assert.Equal(["columns.source", "path", "signal", "table"], errors.Select(error => error.Field).Order(StringComparer.Ordinal));

        using var unknownKey = await host.Client.PutAsJsonAsync(
            $"/v1/models/{model}/sources/s",
            new { connection = "warehouse", query = "SELECT 1" }
        );
        Assert.Contains(
            "query",
            (await unknownKey.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
        using var unknownModel = await host.Client.GetAsync("/v1/models/no-such/sources");
        Assert.Equal("unknown_model", (await unknownModel.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString());
        using var unknown = await host.Client.PostAsync($"/v1/models/{model}/sources/none/pull", null);
        Assert.Equal("unknown_source", (await unknown.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("code").GetString());
        Assert.Empty(
            (await host.Client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/sources")).GetProperty("sources").EnumerateArray()
        );
    }

    [Fact]
    public async Task A_source_is_switched_off_and_on_and_removed()
    {
        var model = await host.CreateModelAsync(new { task = "binary" });
        using var created = await host.Client.PutAsJsonAsync(
            $"/v1/models/{model}/sources/s",
            new
            {
                connection = "folder",
                path = "none/*.parquet",
                gives = "ground_truth",
                columns = new
                {
                    prediction_id = "a",
                    timestamp = "b",
                    value = "c",
                },
                watermark = "d",
            }
        );
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        (await host.Client.PostAsync($"/v1/models/{model}/sources/s/disable", null)).EnsureSuccessStatusCode().Dispose();
        var disabled = await host.Client.SourceAsync(model, "s");
        Assert.Equal(
            ("disabled", JsonValueKind.Null),
            (disabled.GetProperty("state").GetString(), disabled.GetProperty("next_pull_at").ValueKind)
        );
        (await host.Client.PostAsync($"/v1/models/{model}/sources/s/enable", null)).EnsureSuccessStatusCode().Dispose();
        await host.Client.WaitForErrorAsync(model, "s", "table_missing");
        using var removed = await host.Client.DeleteAsync($"/v1/models/{model}/sources/s");
        using var again = await host.Client.DeleteAsync($"/v1/models/{model}/sources/s");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (removed.StatusCode, again.StatusCode));
    }

    [Fact]
    public void The_documented_configuration_and_sources_can_be_used()
    {
        Environment.SetEnvironmentVariable("WAREHOUSE_PASSWORD", "a");
        Environment.SetEnvironmentVariable("LAKE_SECRET_KEY", "b");
        Assert.Empty(
            Read(
                Block("yaml").Match(Document).Groups[1].Value.Replace("/var/lib/exchange", SourcePlaces.Folder, StringComparison.Ordinal),
                out var options
            )
        );
        Assert.Equal(["a", "b", null], options!.Connections.Select(connection => connection.Secret));
        Assert.All(options.Connections, connection => Assert.DoesNotContain("SECRET", connection.ToString(), StringComparison.Ordinal));
        var sources = Block("json")
            .Matches(Document)
            .Select(match => JsonSerializer.Deserialize<SourceSpecification>(match.Groups[1].Value, SourceSpecification.Json)!)
            .ToList();
        Assert.Equal([OutcomeKind.GroundTruth, OutcomeKind.Signals], sources.Select(source => source.Gives));
        Assert.All(sources, source => Assert.Empty(SourceRules.Check("s", source, options)));
    }

    [Fact]
    public void The_document_names_every_key_and_every_code()
    {
        var keys = Keys(typeof(SourceSpecification))
            .Where(key => key is not ("columns" or "json"))
            .Concat(Keys(typeof(SourceColumns)).Select(key => $"columns.{key}"))
            .Concat(Keys(typeof(ConnectionOptions)))
            .Concat(ConnectionKind.AllFields.Keys)
            .Concat(Keys(typeof(SourcesOptions)).Where(key => key != "connections").Select(key => $"sources.{key}"));
        Assert.All(keys, key => Assert.Contains($"`{key}`", Document, StringComparison.Ordinal));
        Assert.All(
            typeof(SourceErrorCode).GetFields().Select(field => (string)field.GetRawConstantValue()!),
            code => Assert.Contains($"`{code}`", Document, StringComparison.Ordinal)
        );

        static IEnumerable<string> Keys(Type type) =>
            type.GetProperties()
                .Where(property =>
                    property.CanWrite
                    && property.SetMethod!.IsPublic
                    && !property.GetMethod!.IsStatic
                    && property.GetIndexParameters().Length == 0
                )
                .Select(property => YamlConfiguration.KeyOf(property.Name));
    }

    private async Task<List<(string Field, string Reason)>> RefusedAsync(string model, object source)
    {
        using var response = await host.Client.PutAsJsonAsync($"/v1/models/{model}/sources/s", source);
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("source_invalid", problem.GetProperty("code").GetString());
        return
        [
            .. problem
                .GetProperty("errors")
                .EnumerateArray()
                .Select(error => (error.GetProperty("field").GetString()!, error.GetProperty("reason").GetString()!)),
        ];
    }

    private static IReadOnlyList<ConfigurationMistake> Read(string yaml, out SourcesOptions? options)
    {
        options = null;
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, yaml);
            options = ServerConfiguration.Read(file).Sources;
            return [];
        }
        catch (ConfigurationException error)
        {
            return error.Mistakes;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Regex Block(string language) => language == "yaml" ? YamlBlock() : JsonBlock();

    [GeneratedRegex("```yaml\n(.*?)\n```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex YamlBlock();

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex JsonBlock();
}
