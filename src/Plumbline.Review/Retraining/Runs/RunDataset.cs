using Plumbline.Registry.Models;
using Plumbline.Review.Retraining.Targets;

namespace Plumbline.Review.Retraining.Runs;

/// <summary>The data set of a run: made when the run begins, and told to its target.</summary>
public sealed class RunDataset
{
    /// <summary>Makes a version of the data set that a run names.</summary>
    /// <returns>Its number, or why there is none.</returns>
    public Task<(RequestedDataset? Dataset, string? Problem)> BuildAsync(
        ModelDefinition model,
        RetrainingRunRow run,
        CancellationToken cancellation
    ) => Task.FromResult<(RequestedDataset?, string?)>((null, $"there is no data set '{run.Dataset}'"));

    /// <summary>Whether a model has a data set of that name.</summary>
    public Task<bool> ExistsAsync(ModelDefinition model, string name, CancellationToken cancellation) => Task.FromResult(false);
}
