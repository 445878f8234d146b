using System.Globalization;
using System.Text;
using Plumbline.Events;
using Plumbline.Events.Batches;
using Plumbline.Ingestion.Writing;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Intake;

/// <summary>
/// Gives features that a model has not seen before a type, from all values that a batch has of them. It is provisional:
/// <see cref="FeatureTypeReview"/> looks again when values come that do not fit it.
/// </summary>
public sealed class FeatureInference(ModelCatalog catalog)
{
    /// <summary>
    /// Adds the batch's new features to the model. Rows that bring a feature for which there is no room are rejected in the batch and
    /// marked in the result; null when there are none.
    /// </summary>
    public async Task<bool[]?> EnsureAsync(ModelDefinition model, EventBatch batch, CancellationToken cancellation)
    {
        var unknown = Unknown(model, batch.Names);
        if (unknown.Count == 0)
            return null;
        var types = TypesOf(batch, unknown);
        while (true)
        {
            // A feature whose values are all missing ones has no type yet, and nothing to store.
            var typed = unknown.Where(types.ContainsKey).ToList();
            var room = Math.Max(0, ModelLimits.MaxFeatures - model.Features.Length);
            var fitting = typed.Take(room).ToList();
            try
            {
                if (fitting.Count > 0)
                {
                    await catalog.EnsureFeaturesAsync(
                        model.Id,
                        [.. fitting.Select(name => (batch.Names.Text(name), types[name]))],
                        provisional: true,
                        cancellation
                    );
                }

                return fitting.Count == typed.Count ? null : RejectBeyond(batch, typed.Skip(room).ToHashSet());
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

    private static Dictionary<int, FeatureType> TypesOf(EventBatch batch, List<int> names)
    {
        var surveys = names.ToDictionary(name => name, _ => new FeatureSurvey());
        foreach (ref readonly var row in batch.Rows)
        {
            var features = batch.PredictionOf(row).Features;
            while (features.Read())
            {
                if (surveys.TryGetValue(features.Name, out var survey))
                    Add(survey, features);
            }
        }
        return surveys
            .Select(pair => (pair.Key, Type: pair.Value.Evidence.Infer()))
            .Where(pair => pair.Type is not null)
            .ToDictionary(pair => pair.Key, pair => pair.Type!.Value);
    }

    private static void Add(FeatureSurvey survey, in FeatureReader value)
    {
        switch (value.Kind)
        {
            case FeatureValueKind.Missing:
                break;
            case FeatureValueKind.Number:
                Span<char> digits = stackalloc char[32];
                value.Number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
                survey.AddNumber(digits[..length]);
                break;
            case FeatureValueKind.LongInteger:
                survey.AddNumber(Encoding.UTF8.GetString(value.Text));
                break;
            case FeatureValueKind.True or FeatureValueKind.False:
                survey.AddBoolean();
                break;
            default:
                if (!value.Text.IsEmpty)
                    survey.AddText(Encoding.UTF8.GetString(value.Text));
                break;
        }
    }

    private static List<int> Unknown(ModelDefinition model, NameTable names)
    {
        var lookup = FeatureLookup.Of(model);
        var unknown = new List<int>();
        for (var name = 0; name < names.Count; name++)
        {
            if (names.FirstKind(name) != FeatureValueKind.Missing && lookup.Find(names[name]) is null && !IsDropped(model, names, name))
                unknown.Add(name);
        }
        return unknown;
    }

    private static bool IsDropped(ModelDefinition model, NameTable names, int name) =>
        !model.DroppedFeatures.IsEmpty && model.DroppedFeatures.Contains(names.Text(name));

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
            batch.Reject(
                rows[i].Index,
                RejectionCode.TooManyFeatures,
                batch.Names.Text(name),
                $"The model has {ModelLimits.MaxFeatures} features already, which is the most; this row brings a new one."
            );
        }
        return rejected;
    }
}
