using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Tests.Cli.Report;

/// <summary>A folder of files for `plumbline report`, and the verb run in it.</summary>
public abstract class ReportFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("plumbline-report-test-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    protected async Task<JsonElement> JsonAsync(string reference, string current, string options = "")
    {
        var (code, _, error) = await RunAsync($"report {reference} {current} -o report.html --json report.json {options}".Trim());
        Assert.True(code == 0, error);
        return await ReadJsonAsync();
    }

    protected async Task<JsonElement> ReadJsonAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "report.json"), Ct)).RootElement;

    // Names of files are of the test's folder; the folder of the process is shared with other tests.
    protected async Task<(int Code, string Output, string Error)> RunAsync(string line)
    {
        string[] files = [".csv", ".parquet", ".html", ".json"];
        var arguments = line.Split(' ').Select(word => files.Any(word.EndsWith) ? Path.Combine(Folder, word) : word).ToArray();
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, CommandLineTests.Real(), new Terminal(output, error, false), Ct);
        return (code, output.ToString(), error.ToString());
    }

    protected static JsonElement Column(JsonElement report, string name) =>
        report.GetProperty("columns").EnumerateArray().Single(column => column.GetProperty("name").GetString() == name);

    protected static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();
}
