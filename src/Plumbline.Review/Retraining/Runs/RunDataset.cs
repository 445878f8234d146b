using System.Collections.Immutable;
using Plumbline.Alerting.Delivery.Sending;
using Plumbline.Registry.Models;
using Plumbline.Review.Datasets;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>The data set of a run: a version is made when the run begins, and its target is told where that is.</summary>
public sealed class RunDataset(DatasetStore datasets, DatasetBuilding building, MessageLinks links)
{
    /// <summary>Makes a version of the data set that a run names. One that was made for this run before is used again.</summary>
    /// <returns>It, or why there is none.</returns>
    public async Task<(RequestedDataset? Dataset, string? Problem)> BuildAsync(
        ModelDefinition model,
        RetrainingRunRow run,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        var by = $"retraining {run.Key}";
        if (await datasets.FindAsync(model, run.Dataset!, cancellation) is not { } dataset)
            return (null, $"the model has no data set '{run.Dataset}'");
        try
        {
            var made = (await datasets.VersionsAsync(dataset, cancellation)).FirstOrDefault(version =>
                version.State == DatasetState.Ready && version.CreatedBy == by
            );
            return (Describe(model, made ?? await building.BuildAsync(model, dataset.Name, by, cancellation)), null);
        }
        catch (DatasetException problem)
        {
            return (null, problem.Message);
        }
    }

    /// <summary>Whether a model has a data set of that name.</summary>
    public async Task<bool> ExistsAsync(ModelDefinition model, string name, CancellationToken cancellation) =>
        await datasets.FindAsync(model, name, cancellation) is not null;

    private RequestedDataset Describe(ModelDefinition model, DatasetVersion version)
    {
        var path = FormattableString.Invariant(
            $"/v1/models/{Uri.EscapeDataString(model.Name)}/datasets/{Uri.EscapeDataString(version.Name)}/versions/{version.Number}"
        );
        var files = (version.Card?.Splits.Keys ?? []).ToImmutableSortedDictionary(
            split => split,
            split => links.To($"{path}/files/{split}.parquet") ?? "",
            StringComparer.Ordinal
        );
        return new(version.Name, version.Number, links.To(path), files, version.Rows, version.Labelled, version.ContentHash);
    }
}
