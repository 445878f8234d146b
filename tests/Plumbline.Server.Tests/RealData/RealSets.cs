using System.Text.Json;
using Plumbline.Server.Cli;
using Plumbline.Server.Cli.Shell;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.RealData;

/// <summary>
/// The public data sets, when they are there: in the folder that PLUMBLINE_DATASETS names, or in shared/data beside the checkout or above
/// it. Else the tests are skipped.
/// </summary>
internal static class RealSets
{
    /// <summary>A file of a set; skips the test when the sets are not there.</summary>
    public static string File(string set, string name)
    {
        Assert.SkipUnless(Folder is not null, "The public data sets are not here; PLUMBLINE_DATASETS may name their folder.");
        return Path.Combine(Folder!, set, name);
    }

    /// <summary>What scikit-learn and SciPy computed on a set; skips the test when it is not there.</summary>
    public static JsonElement Oracle(string kind, string set)
    {
        var file = Folder is null ? "" : Path.Combine(Folder, "..", "oracles", $"{kind}_{set}.json");
        Assert.SkipUnless(System.IO.File.Exists(file), "The oracle's values are not here.");
        return JsonSerializer.Deserialize<JsonElement>(System.IO.File.ReadAllText(file)).GetProperty("result");
    }

    public static string? Folder { get; } = Find();

    /// <summary>Runs a documented command line against a server; "data/" in it is the sets' folder.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(TestHost host, string command)
    {
        var arguments = command
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word =>
                word.StartsWith("data/", StringComparison.Ordinal)
                    ? Path.Combine(Folder!, word["data/".Length..])
                    : word.Replace("http://127.0.0.1:5070", host.Address.ToString(), StringComparison.Ordinal)
            )
            .ToList();
        Assert.Equal("plumbline", arguments[0]);
        if (!arguments.Contains("--server"))
            arguments.AddRange(["--server", host.Address.ToString()]);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync([.. arguments.Skip(1)], CommandLineTests.Real(), new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PLUMBLINE_DATASETS") is { Length: > 0 } told)
            return Directory.Exists(told) ? told : null;
        for (var folder = new DirectoryInfo(Checkout.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var sets = Path.Combine(folder.FullName, "shared", "data");
            if (System.IO.File.Exists(Path.Combine(sets, "datasets.json")))
                return sets;
        }

        return null;
    }
}
