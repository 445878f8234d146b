using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Text;
using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>What is in a version of a data set, and its files.</summary>
public sealed partial class DatasetCardPanel
{
    /// <summary>Rows of each table.</summary>
    private const int Shown = 20;

    [Parameter, EditorRequired]
    public ModelScope Scope { get; set; } = null!;

    /// <summary>Name of the data set.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public int Number { get; set; }

    [Inject]
    private DatasetStore Datasets { get; set; } = null!;

    private async Task<Found> LoadAsync(CancellationToken cancellation)
    {
        if (
            await Datasets.FindAsync(Scope.Model, Name, cancellation) is not { } dataset
            || await Datasets.FindVersionAsync(dataset, Number, cancellation) is not { Card: { } card } version
        )
        {
            return new Found(null, 0);
        }

        return new Found(version, card.Columns.Count - DatasetDownloads.Columns(Scope.Model, version, withPrivate: false).Count);
    }

    private static IEnumerable<(string Title, IReadOnlyList<CardCount> Counts)> Tables(DatasetCard card) =>
        new (string, IReadOnlyList<CardCount>)[]
        {
            ("Part", card.Parts),
            ("Label", card.Classes),
            ("Label from", [.. card.LabelSources.Select(count => count with { Name = DatasetWords.Source(count.Name) })]),
            ("Model version", card.Versions),
        }.Where(table => table.Item2.Count > 0);

    private static string Range(DatasetCard card) =>
        card is { From: { } from, To: { } to }
            ? string.Create(CultureInfo.InvariantCulture, $", {from:yyyy-MM-dd HH:mm} to {to:yyyy-MM-dd HH:mm} UTC")
            : "";

    private static string Who(CardAnnotator one) => $"{one.Name}{(one.IsRobot ? " (robot)" : "")}: {Figures.Count(one.Answers)}";

    private string FileOf(string file) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/models/{Scope.Model.Name}/datasets/{Uri.EscapeDataString(Name)}/versions/{Number}/files/{file}"
        );

    /// <summary>What was read; nothing for a version that is not there.</summary>
    /// <param name="Version">The version.</param>
    /// <param name="Private">Columns that stay here.</param>
    public sealed record Found(DatasetVersion? Version, int Private);
}
