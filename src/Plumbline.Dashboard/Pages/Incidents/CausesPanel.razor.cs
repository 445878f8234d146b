using Microsoft.AspNetCore.Components;
using Plumbline.Alerting.Causes;
using Plumbline.Alerting.Incidents;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Metrics;
using Plumbline.Registry.Text;

namespace Plumbline.Dashboard.Pages.Incidents;

/// <summary>What most likely caused an incident, each cause with a picture.</summary>
public sealed partial class CausesPanel
{
    /// <summary>Causes with a picture: further ones hardly matter.</summary>
    private const int Most = 5;

    private const string Unknown = "unknown";

    [Parameter, EditorRequired]
    public IncidentDetail Detail { get; set; } = null!;

    [Parameter, EditorRequired]
    public (DateTimeOffset From, DateTimeOffset To) Range { get; set; }

    [Parameter, EditorRequired]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    private async Task<IReadOnlyList<CausePicture>> LoadAsync(CancellationToken cancellation)
    {
        var pictures = new List<CausePicture>();
        foreach (var cause in Detail.Incident.Summary.Causes.Take(Most))
            pictures.Add(await CausePicture.ReadAsync(cause, Causes.Find(cause.Kind), Detail.Alerts, Models, Reader, Range, cancellation));
        if (pictures.Count == 0 && Detail.Alerts.Count > 0)
            pictures.Add(await CausePicture.ReadAsync(Surest, kind: null, Detail.Alerts, Models, Reader, Range, cancellation));
        return pictures;
    }

    /// <summary>Where nothing points to a cause, what moved most surely is still worth a look.</summary>
    private IncidentCause Surest
    {
        get
        {
            var alert = CausePicture.SurestOf(Detail.Alerts)!;
            return new IncidentCause(
                Unknown,
                KnownMetrics.Of(alert.Metric).Title,
                0,
                "No release, no missing or new values and no moved feature goes with it. This moved most surely.",
                IncidentWords.Address(alert, Range.From, Range.To)
            );
        }
    }

    private string Title(IncidentCause cause) =>
        cause.Kind == Unknown ? "No likely cause" : Causes.Find(cause.Kind)?.Title ?? cause.Kind.Replace('_', ' ');

    private static string Words(CausePicture picture) =>
        picture.Evidence is not { } alert
            ? picture.Title
            : $"{picture.Title}: {Figures.Format(alert.Evidence.Value, picture.Unit)}"
                + (alert.Evidence.Expected is { } expected ? $" where {Figures.Format(expected, picture.Unit)} is normal" : "")
                + $", n {Figures.Count(alert.Evidence.N)}.";
}
