namespace Plumbline.Registry.Models;

/// <summary>Gives a feature of a model another type, with all that is stored of it.</summary>
public interface IFeatureRetyping
{
    /// <summary>Changes the type. Does nothing when the feature is gone or has the type.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="name">The feature.</param>
    /// <param name="type">Its new type.</param>
    /// <param name="provisional">False when somebody said so; true when traffic shows it, and more traffic may show something else.</param>
    /// <param name="cancellation">Stops before the definition is changed, not after.</param>
    /// <exception cref="FeatureChangeException">The model has used up its columns.</exception>
    Task RetypeAsync(int modelId, string name, FeatureType type, bool provisional, CancellationToken cancellation);
}

/// <summary>Why a feature cannot be changed, in words for the client.</summary>
public sealed class FeatureChangeException(string message) : Exception(message);
