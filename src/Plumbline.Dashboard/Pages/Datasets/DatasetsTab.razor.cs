using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Pages.Model;
using Plumbline.Registry.Web;
using Plumbline.Review;
using Plumbline.Review.Datasets;

namespace Plumbline.Dashboard.Pages.Datasets;

/// <summary>The data sets of a model with their versions, and the card of one.</summary>
public sealed partial class DatasetsTab
{
    /// <summary>Versions of each data set that are listed, the newest.</summary>
    private const int Shown = 10;

    private string? _building;

    [Inject]
    private DatasetStore Datasets { get; set; } = null!;

    [Inject]
    private DatasetBuilding Building { get; set; } = null!;

    /// <inheritdoc/>
    protected override DatasetRecipe Begun() => new();

    /// <inheritdoc/>
    protected override async Task<DatasetRecipe?> FindAsync(string name) =>
        (await Datasets.FindAsync(Scope.Model, name, CancellationToken.None))?.Recipe;

    private async Task<IReadOnlyList<Listed>> LoadAsync(CancellationToken cancellation)
    {
        var listed = new List<Listed>();
        foreach (var dataset in await Datasets.ReadAsync(Scope.Model, cancellation))
            listed.Add(new Listed(dataset, await Datasets.VersionsAsync(dataset, cancellation)));
        return listed;
    }

    private string CardOf(DatasetVersion version) =>
        Scope.Page.With(
            ("card", version.Name),
            ("number", version.Number.ToString(CultureInfo.InvariantCulture)),
            ("edit", null),
            ("new", null)
        );

    private string RunAddress(string run) => Links.With(Links.Model(Scope.Model.Name, Links.Retraining), ("run", run));

    private async Task BuildAsync(StoredDataset dataset)
    {
        _building = dataset.Name;
        var told = Told;
        try
        {
            var version = await RunAsync(
                ReviewCommands.BuildDataset,
                Scope.Model.Name,
                dataset.Name,
                actor => Building.BuildAsync(Scope.Model, dataset.Name, actor.Name, CancellationToken.None)
            );
            told = $"Version {version.Number} of {dataset.Name} has {version.Rows} rows.";
        }
        catch (DatasetException error)
        {
            told = error.Message;
        }
        finally
        {
            _building = null;
            Changed(told);
        }
    }

    private async Task DeleteAsync(StoredDataset dataset)
    {
        var done = await RunAsync(
            ReviewCommands.DeleteDataset,
            Scope.Model.Name,
            dataset.Name,
            _ => Datasets.DeleteAsync(Scope.Model, dataset.Name, CancellationToken.None)
        );
        Changed(done ? $"{dataset.Name} is deleted with its versions." : null);
    }

    private void Closed(string? told)
    {
        Changed(told);
        Navigation.NavigateTo(Scope.Page.With(("edit", null), ("new", null)));
    }

    /// <summary>A data set with its versions, the newest first.</summary>
    public sealed record Listed(StoredDataset Dataset, IReadOnlyList<DatasetVersion> Versions);
}
