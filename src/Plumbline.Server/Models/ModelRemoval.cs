namespace Plumbline.Server.Models;

/// <summary>
/// Deletes a model everywhere. Capabilities that keep something per model register a step, so that Models knows none of them.
/// </summary>
public sealed class ModelRemoval(ModelCatalog catalog, IEnumerable<ModelRemovalStep> steps)
{
    /// <summary>False when there is no such model. The name is free at once; what the steps drop is dropped before this returns.</summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellation)
    {
        if (await catalog.DeleteAsync(name, cancellation) is not { } model) return false;
        foreach (var step in steps) await step.Remove(model, cancellation);
        return true;
    }
}

/// <summary>One capability's part of deleting a model. Idempotent.</summary>
public sealed record ModelRemovalStep(Func<ModelDefinition, CancellationToken, Task> Remove);
