using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Plumbline.Server.Tests.Processes;

namespace Plumbline.Server.Tests.Exposition.Deploy;

/// <summary>Asks a server, and a real Prometheus that scrapes it, everything that the dashboards ask.</summary>
internal sealed partial class DashboardQueries(Uri server, IReadOnlyList<string> models) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { BaseAddress = server };

    /// <summary>Each query of Prometheus gives something of one model at least; gives how many were asked.</summary>
    public async Task<int> AskPrometheusAsync()
    {
        await using var prometheus = await PrometheusProcess.StartAsync(
            $"- {{ job_name: plumbline, static_configs: [ {{ targets: ['{server.Authority}'] }} ] }}"
        );
        await prometheus.UntilAsync("count_over_time(plumbline_statements_total[30s]) > 2");
        var asked = 0;
        List<string> empty = [];
        foreach (var dashboard in GrafanaDashboard.Read("prometheus"))
        {
            var queries = dashboard
                .Queries.Select(one => (one.Panel, Query: one.Query.GetProperty("expr").GetString()!))
                .Concat(dashboard.Annotations.Select(one => ("annotation", one.GetProperty("expr").GetString()!)))
                .Concat(dashboard.Variables.Where(IsQuery).Select(one => ("variable", LabelOf(one.GetProperty("query").GetString()!))));
            foreach (var (panel, query) in queries)
            {
                asked++;
                if (!await GivesSomethingAsync(prometheus, query))
                    empty.Add($"{dashboard.Name}, {panel}: {query}");
            }
        }

        Assert.True(empty.Count == 0, string.Join('\n', empty));
        return asked;
    }

    /// <summary>What is wrong with the answers to queries of the HTTP API, which are to give rows with the columns that are asked
    /// for, and how many were asked.</summary>
    public async Task<(int Asked, IReadOnlyList<string> Wrong)> AskServerAsync()
    {
        var asked = 0;
        List<string> wrong = [];
        foreach (var dashboard in GrafanaDashboard.Read("api"))
        {
            var queries = dashboard
                .Queries.Concat(dashboard.Annotations.Select(one => ("annotation", one.GetProperty("target"))))
                .Concat(
                    dashboard.Variables.Where(IsQuery).Select(one => ("variable", one.GetProperty("query").GetProperty("infinityQuery")))
                );
            foreach (var (panel, query) in queries)
            {
                asked++;
                List<string> problems = [];
                foreach (var model in models)
                {
                    if (await ProblemAsync(query, model) is not { } problem)
                    {
                        problems.Clear();
                        break;
                    }

                    problems.Add($"{model}: {problem}");
                }

                if (problems.Count > 0)
                    wrong.Add($"{dashboard.Name}, {panel}: {string.Join("; ", problems)}");
            }
        }

        return (asked, wrong);
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> GivesSomethingAsync(PrometheusProcess prometheus, string query)
    {
        foreach (var model in models)
        {
            var plain = query
                .Replace("$model", model, StringComparison.Ordinal)
                .Replace("$segment", ".*", StringComparison.Ordinal)
                .Replace("$feature", ".*", StringComparison.Ordinal)
                .Replace("$__rate_interval", "30s", StringComparison.Ordinal);
            Assert.DoesNotContain("$", plain, StringComparison.Ordinal);
            if ((await prometheus.QueryAsync(plain)).Count > 0)
                return true;
        }

        return false;
    }

    private async Task<string?> ProblemAsync(JsonElement query, string model)
    {
        var options = query.GetProperty("url_options").GetProperty("params").EnumerateArray();
        var parameters = string.Join(
            '&',
            options.Select(one =>
                $"{one.GetProperty("key").GetString()}={Uri.EscapeDataString(Filled(one.GetProperty("value").GetString()!, model))}"
            )
        );
        var address = $"{Filled(query.GetProperty("url").GetString()!, model)}?{parameters}";
        using var response = await _http.GetAsync(new Uri(address, UriKind.Relative));
        if (!response.IsSuccessStatusCode)
            return $"{address} answers {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}";
        var root = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (Select(root, query.GetProperty("root_selector").GetString()!) is not { ValueKind: JsonValueKind.Array } rows)
            return $"{address} has no {query.GetProperty("root_selector")}";
        if (rows.GetArrayLength() == 0)
            return $"{address} gives no row";
        foreach (var column in query.GetProperty("columns").EnumerateArray())
        {
            var (selector, type) = (column.GetProperty("selector").GetString()!, column.GetProperty("type").GetString()!);
            foreach (var row in rows.EnumerateArray())
            {
                if (Select(row, selector) is not { } value)
                    return $"{address}: no {selector}";
                if (!Fits(value, type))
                    return $"{address}: {selector} is {value}, not a {type}";
            }
        }

        return null;
    }

    private static string Filled(string text, string model)
    {
        var now = TimeProvider.System.GetUtcNow();
        return text.Replace("${model}", model, StringComparison.Ordinal)
            .Replace("${segment}", "*", StringComparison.Ordinal)
            .Replace("${metric}", "drift.psi", StringComparison.Ordinal)
            .Replace("${__timeFrom:date}", Iso(now.AddDays(-7)), StringComparison.Ordinal)
            .Replace("${__timeTo:date}", Iso(now), StringComparison.Ordinal);
    }

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // What is not known yet is null, whatever it would be.
    private static bool Fits(JsonElement value, string type) =>
        value.ValueKind == JsonValueKind.Null
        || type switch
        {
            "number" => value.ValueKind == JsonValueKind.Number,
            "timestamp" => value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out _),
            _ => value.ValueKind == JsonValueKind.String,
        };

    /// <summary>The value at a path of names and places, such as <c>layers.0.state</c>; null where there is none.</summary>
    private static JsonElement? Select(JsonElement element, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (element.ValueKind == JsonValueKind.Array && int.TryParse(part, CultureInfo.InvariantCulture, out var place))
            {
                if (place >= element.GetArrayLength())
                    return null;
                element = element[place];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
            {
                return null;
            }
        }

        return element;
    }

    private static bool IsQuery(JsonElement variable) => variable.GetProperty("type").GetString() == "query";

    // label_values(SERIES, LABEL) as a query: the series that have the label.
    private static string LabelOf(string variable)
    {
        var found = LabelValues().Match(variable);
        Assert.True(found.Success, variable);
        return $"count by ({found.Groups[2].Value}) ({found.Groups[1].Value})";
    }

    [GeneratedRegex(@"^label_values\((.+), (\w+)\)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LabelValues();
}
