using Plumbline.Registry.Models;

namespace Plumbline.Monitoring.Profiles;

/// <summary>The references that profiles are made on, reduced to bins. Whoever keeps references gives them.</summary>
public interface IBaselines
{
    /// <summary>
    /// The baseline of a model as far as it fits the given definition (<see cref="Baseline.For"/>); null while it has none.
    /// </summary>
    Baseline? Find(ModelDefinition model);
}
