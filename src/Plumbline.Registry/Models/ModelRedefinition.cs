namespace Plumbline.Registry.Models;

/// <summary>
/// What a capability does when a declaration gives a name another meaning (<see cref="ModelDefinition.Redefines"/>), so that what is stored
/// under it is not read as something that it is not. Idempotent.
/// </summary>
public sealed record ModelRedefinitionStep(Func<ModelDefinition, CancellationToken, Task> Renew);

/// <summary>
/// What a capability does when a version that may have been counted among <see cref="VersionPlaces.Other"/> gets a place of its own.
/// Idempotent.
/// </summary>
public sealed record VersionPlaceStep(Func<ModelDefinition, string, CancellationToken, Task> Renew);
