using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Plumbline.Registry.Web;

namespace Plumbline.Dashboard.Frame;

/// <summary>
/// All that a page shows follows from its address, so that Back works and a copied link shows the same thing. This is
/// the address, read once; links are made by changing some of its keys.
/// </summary>
public sealed record PageScope(string Path, IReadOnlyDictionary<string, string> Keys, int Pulse)
{
    /// <summary>Keys that go along from page to page of one model; all others belong to the page that set them.</summary>
    private static readonly string[] Travelling = ["range", "from", "to", "version", "segment", "compare", "paused", RefreshKey];

    public TimeRange Range { get; } =
        TimeRange.Parse(Keys.GetValueOrDefault("range"), Keys.GetValueOrDefault("from"), Keys.GetValueOrDefault("to"));

    /// <summary>The chosen version, or null for all together.</summary>
    public string? Version => Keys.GetValueOrDefault("version");

    /// <summary>The chosen segment as <c>key=value</c>, or null for all rows.</summary>
    public string? Segment => Keys.GetValueOrDefault("segment");

    public bool Paused => Keys.ContainsKey("paused");

    /// <summary>The key of the pace at which a live page reads again.</summary>
    public const string RefreshKey = "refresh";

    /// <summary>The paces that can be chosen; the middle one is the one of who chose none.</summary>
    public static readonly IReadOnlyList<(string Key, string Words, TimeSpan Every)> Paces =
    [
        ("10s", "10 s", TimeSpan.FromSeconds(10)),
        ("30s", "30 s", TimeSpan.FromSeconds(30)),
        ("1m", "1 min", TimeSpan.FromMinutes(1)),
    ];

    /// <summary>How often a live page reads again.</summary>
    public (string Key, string Words, TimeSpan Every) Pace =>
        Paces.FirstOrDefault(pace => pace.Key == Keys.GetValueOrDefault(RefreshKey), Paces[1]);

    /// <summary>Whether it is the same address as another one, read at another beat of a live page.</summary>
    public bool SameAddress(PageScope other) => Path == other.Path && ReferenceEquals(Keys, other.Keys);

    public string? this[string key] => Keys.GetValueOrDefault(key);

    /// <summary>The model that the path names (<c>/models/NAME/..</c> or <c>/explore/NAME</c>), if any.</summary>
    public string? Model
    {
        get
        {
            var parts = Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return parts is ["models" or "explore", var name, ..] ? Uri.UnescapeDataString(name) : null;
        }
    }

    public static PageScope Parse(string address, int pulse = 0)
    {
        var uri = new Uri(address);
        var keys = QueryHelpers
            .ParseQuery(uri.Query)
            .Where(pair => !StringValues.IsNullOrEmpty(pair.Value))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        return new PageScope(uri.AbsolutePath, keys, pulse);
    }

    /// <summary>This page with some keys changed; a null value removes its key.</summary>
    public string With(params (string Key, string? Value)[] changes) => Build(Path, Keys, changes);

    /// <summary>Another page of the same model: range, version, segment and comparison go along.</summary>
    public string To(string path, params (string Key, string? Value)[] changes) =>
        Build(path, Keys.Where(pair => Travelling.Contains(pair.Key, StringComparer.Ordinal)), changes);

    private static string Build(string path, IEnumerable<KeyValuePair<string, string>> keys, (string Key, string? Value)[] changes)
    {
        return Links.With(
            path,
            [
                .. keys.Where(pair => !Array.Exists(changes, change => change.Key == pair.Key))
                    .Select(pair => (pair.Key, (string?)pair.Value)),
                .. changes,
            ]
        );
    }
}
