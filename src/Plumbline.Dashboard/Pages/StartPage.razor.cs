using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Health;
using Plumbline.Monitoring.Performance;
using Plumbline.Monitoring.References;
using Plumbline.Registry.Access;

namespace Plumbline.Dashboard.Pages;

/// <summary>The first steps: three ways to get data in.</summary>
public sealed partial class StartPage
{
    [Inject]
    public BaselineCatalog Baselines { get; set; } = null!;

    [Inject]
    public FleetReader Fleet { get; set; } = null!;

    [Inject]
    public KeyStore Keys { get; set; } = null!;

    private string Server => Navigation.BaseUri.TrimEnd('/');

    // The import reads the key from there too.
    private string Key => Keys.IsEmpty ? "" : " -H \"Authorization: Bearer $PLUMBLINE_API_KEY\"";

    private string Import => $"plumbline import churn scored.csv --server {Server}";

    private string Post =>
        $"curl {Server}/v1/models/churn/predictions{Key} -d '{{\n  \"prediction_id\": \"p-1\", \"version\": \"v1\",\n"
        + "  \"features\": {\"age\": 41, \"plan\": \"pro\"},\n  \"prediction\": \"1\", \"score\": 0.83 }'";

    private string PostTruth => $"curl {Server}/v1/models/churn/ground-truth{Key} -d '{{\"prediction_id\": \"p-1\", \"value\": \"0\"}}'";

    private static Task<string> Ready(CancellationToken cancellation) => Task.FromResult("");

    protected override void OnInitialized() => Frame.Show([("Start", null)]);

    private async Task<IReadOnlyList<(bool Done, string Words)>> ReadStepsAsync(CancellationToken cancellation)
    {
        var rows = await Fleet.ReadAsync(cancellation);
        return
        [
            (Models.All.Length > 0, "A model is captured: its predictions arrive."),
            (rows.Any(row => row.Facts is not null), "Dashboards: the first windows have closed and have numbers."),
            (Models.All.Any(model => Baselines.Find(model) is not null), "A reference is there, so drift can be measured."),
            (rows.Any(HasGroundTruth), "Ground truth arrives, so answers can be checked."),
            (Models.All.Any(model => Models.Versions(model.Id).Length > 1), "Two versions can be compared."),
            (
                Models.All.Any(model => model.Segments.Length > 0),
                "Segments are declared, so a part that goes bad cannot hide in the whole."
            ),
        ];
    }

    private static bool HasGroundTruth(FleetRow row) =>
        row.Facts?.Days.Any(point => point.Metric == PerformanceMetrics.LabelCoverage && point.Value > 0) == true;
}
