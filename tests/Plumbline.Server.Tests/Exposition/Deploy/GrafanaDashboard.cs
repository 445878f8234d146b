using System.Text.Json;
using Plumbline.Server.Tests.Cli;

namespace Plumbline.Server.Tests.Exposition.Deploy;

/// <summary>A dashboard of <c>deploy/grafana</c>, with the queries that are in it.</summary>
internal sealed class GrafanaDashboard
{
    private GrafanaDashboard(string name, JsonElement root) => (Name, Root) = (name, root);

    public static string Folder { get; } = Path.Combine(Checkout.Root, "deploy", "grafana");

    /// <summary>Its set and file, such as <c>prometheus/fleet</c>.</summary>
    public string Name { get; }

    public JsonElement Root { get; }

    public IReadOnlyList<JsonElement> Panels => [.. Root.GetProperty("panels").EnumerateArray()];

    /// <summary>What its panels ask, with the panel's title.</summary>
    public IEnumerable<(string Panel, JsonElement Query)> Queries =>
        Panels
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel =>
                panel.GetProperty("targets").EnumerateArray().Select(query => (panel.GetProperty("title").GetString()!, query))
            );

    public IEnumerable<JsonElement> Variables => Root.GetProperty("templating").GetProperty("list").EnumerateArray();

    public IEnumerable<JsonElement> Annotations => Root.GetProperty("annotations").GetProperty("list").EnumerateArray();

    /// <summary>Those of a set: <c>prometheus</c> or <c>api</c>.</summary>
    public static IReadOnlyList<GrafanaDashboard> Read(string set) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Folder, "dashboards", set), "*.json")
                .Order(StringComparer.Ordinal)
                .Select(path => new GrafanaDashboard(
                    $"{set}/{Path.GetFileNameWithoutExtension(path)}",
                    JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path))
                )),
        ];
}
