namespace Plumbline.Registry.Models;

/// <summary>A model would get more features than <see cref="ModelLimits.MaxFeatures"/>.</summary>
public sealed class FeatureLimitException(string model, int wanted)
    : Exception($"Model '{model}' would have {wanted} features; at most {ModelLimits.MaxFeatures} are kept.");
