using System.Reflection;

namespace Plumbline.Registry.State;

/// <summary>
/// Whose tables the state database has: each of these assemblies describes its own by implementing
/// <see cref="Microsoft.EntityFrameworkCore.IEntityTypeConfiguration{TEntity}"/>. The same in the whole process.
/// </summary>
/// <param name="Assemblies">The projects of the house that keep something in it.</param>
public sealed record StateTables(IReadOnlyList<Assembly> Assemblies);
