using System.Globalization;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Statistics.Outliers;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// What of a text can be unusual without reading it: its length, and its script, by how many bytes a character takes (one in English, two
/// in Greek or Russian, three in Chinese) - also where a model of one language is suddenly asked in another script.
/// </summary>
public sealed class TextMeasures(IColumnStore store, ModelTables tables)
{
    /// <summary>Texts of a model that are measured at most.</summary>
    public const int Most = 10;

    /// <summary>Learns the texts of the reference.</summary>
    internal async Task<IReadOnlyList<FeatureRarity>> FitAsync(ModelDefinition model, Baseline baseline, CancellationToken cancellation)
    {
        var table = ModelTables.Reference(model.Id, baseline.Generation);
        var stored = await tables.ColumnsAsync(table, cancellation);
        List<FeatureDefinition> features =
        [
            .. model.Features.Where(feature => feature.Type == FeatureType.Text && stored.Contains(feature.Column)).Take(Most),
        ];
        if (features.Count == 0)
            return [];
        var measures = features.SelectMany(Measures).ToList();
        using var rows = await store.QueryAsync(
            new SqlStatement(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT {string.Join(", ", measures.Select(measure => measure.Sql))} FROM {table} "
                        + $"ORDER BY sipHash64(id_hash, prediction_id, 'sample') LIMIT {ScoreFitting.RarityRows}"
                )
            ),
            cancellation
        );
        var values = measures.ConvertAll(_ => new List<double>());
        var count = 0;
        for (; rows.Read(); count++)
        {
            foreach (var list in values)
                list.Add(rows.ReadDouble());
        }

        return
        [
            .. measures
                .Select((measure, i) => (measure, Present: values[i].Where(double.IsFinite).ToArray()))
                .Where(pair => pair.Present.Length > 0)
                .Select(pair => new FeatureRarity(
                    pair.measure.Feature.Name,
                    pair.measure.Name,
                    pair.measure.Unit,
                    pair.measure.Sql,
                    RarityFitting.MissingBits(count - pair.Present.Length, count)
                )
                {
                    Number = TailRarity.Fit(pair.Present),
                }),
        ];
    }

    private static IEnumerable<(FeatureDefinition Feature, string Name, string Unit, string Sql)> Measures(FeatureDefinition feature)
    {
        var column = feature.Column;
        // Lengths spread over orders of magnitude.
        yield return (feature, "length", "", $"if(isNull({column}), nan, log2(1. + lengthUTF8(assumeNotNull({column}))))");
        yield return (
            feature,
            "script",
            "bytes a character",
            $"if(isNull({column}), nan, length(assumeNotNull({column})) / greatest(1., toFloat64(lengthUTF8(assumeNotNull({column})))))"
        );
    }
}
