using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Server.Models;

namespace Plumbline.Server.Ingestion.Intake;

/// <summary>Gives features that a model has not seen before a type, from the first value other than null that a batch has of them.</summary>
public sealed class FeatureInference(ModelCatalog catalog)
{
    /// <summary>A longer text is rather prose than one of some values.</summary>
    private const int LongestCategory = 128;

    /// <summary>
    /// Adds the batch's new features to the model. Rows that bring a feature for which there is no room are rejected in the batch and
    /// marked in the result; null when there are none.
    /// </summary>
    public async Task<bool[]?> EnsureAsync(ModelDefinition model, EventBatch batch, CancellationToken cancellation)
    {
        var unknown = Unknown(model, batch.Names);
        if (unknown.Count == 0)
            return null;
        while (true)
        {
            var room = Math.Max(0, ModelLimits.MaxFeatures - model.Features.Length);
            var fitting = unknown.Take(room).ToList();
            try
            {
                if (fitting.Count > 0)
                    await catalog.EnsureFeaturesAsync(model.Id, [.. fitting.Select(name => (batch.Names.Text(name), TypeOf(batch.Names, name)))], cancellation);
                return fitting.Count == unknown.Count ? null : RejectBeyond(batch, unknown.Skip(room).ToHashSet());
            }
            catch (FeatureLimitException)
            {
                // Another batch took the last places in between: look again how many are left.
                model = catalog.Find(model.Id) ?? model;
                unknown = Unknown(model, batch.Names);
                if (unknown.Count == 0)
                    return null;
            }
        }
    }

    /// <summary>The type that a feature gets from its first value.</summary>
    public static FeatureType TypeOf(NameTable names, int name) => names.FirstKind(name) switch
    {
        FeatureValueKind.Number or FeatureValueKind.LongInteger => FeatureType.Numeric,
        FeatureValueKind.True or FeatureValueKind.False => FeatureType.Boolean,
        FeatureValueKind.Text when names.FirstLength(name) <= LongestCategory => FeatureType.Categorical,
        _ => FeatureType.Text,
    };

    private static List<int> Unknown(ModelDefinition model, NameTable names)
    {
        var lookup = FeatureLookup.Of(model);
        var unknown = new List<int>();
        for (var name = 0; name < names.Count; name++)
        {
            if (names.FirstKind(name) != FeatureValueKind.Missing && lookup.Find(names[name]) is null)
                unknown.Add(name);
        }
        return unknown;
    }

    private static bool[] RejectBeyond(EventBatch batch, HashSet<int> refused)
    {
        var rows = batch.Rows.ToArray();
        var rejected = new bool[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var beyond = batch.FeatureNamesOf(rows[i]).Where(refused.Contains).Cast<int?>().FirstOrDefault();
            if (beyond is not { } name)
                continue;
            rejected[i] = true;
            batch.Reject(rows[i].Index, RejectionCode.TooManyFeatures, batch.Names.Text(name), $"The model has {ModelLimits.MaxFeatures} features already, which is the most; this row brings a new one.");
        }
        return rejected;
    }
}
