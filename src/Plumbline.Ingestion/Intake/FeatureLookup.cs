using System.Runtime.CompilerServices;
using System.Text;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Intake;

/// <summary>Finds a model's features by UTF-8 name without making a string. One per snapshot of the model, made on first use.</summary>
public sealed class FeatureLookup
{
    private static readonly ConditionalWeakTable<ModelDefinition, FeatureLookup> Lookups = [];
    private readonly Dictionary<string, FeatureDefinition>.AlternateLookup<ReadOnlySpan<char>> _byName;

    private FeatureLookup(ModelDefinition model) =>
        _byName = model.Features.ToDictionary(feature => feature.Name, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The look-up of this snapshot.</summary>
    public static FeatureLookup Of(ModelDefinition model) => Lookups.GetValue(model, static m => new FeatureLookup(m));

    /// <summary>The feature of that exact name, or null. Names longer than any feature's may have are not found.</summary>
    public FeatureDefinition? Find(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[ModelLimits.MaxFeatureNameLength];
        return
            utf8.Length <= ModelLimits.MaxFeatureNameLength * 4
            && Encoding.UTF8.TryGetChars(utf8, text, out var length)
            && _byName.TryGetValue(text[..length], out var feature)
            ? feature
            : null;
    }
}
