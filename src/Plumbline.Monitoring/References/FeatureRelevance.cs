using System.Collections.Concurrent;
using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// How much each feature has to do with what the model answers, on the reference: Cramer's V (bias-corrected, Bergsma 2013) of the
/// feature's bins and the answer, 0..1. An association, not a cause, and of one feature at a time; it ranks, it does not prove.
/// </summary>
public sealed class FeatureRelevance(BaselineCatalog baselines, IColumnStore store)
{
    /// <summary>Rows of the reference that are looked at.</summary>
    private const int MaxRows = 200_000;

    /// <summary>Features of one question.</summary>
    private const int MaxFeatures = 20;

    private readonly ConcurrentDictionary<(int Model, string Feature), (int Generation, double Value)> _known = new();

    /// <summary>
    /// Relevance by feature; features that are unknown, or a model without a reference, are left out. At most 20 are looked at.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, double>> ReadAsync(
        ModelDefinition model,
        IEnumerable<string> features,
        CancellationToken cancellation
    )
    {
        var relevance = new Dictionary<string, double>(StringComparer.Ordinal);
        if (baselines.Find(model) is not { } baseline || Answer(baseline, model) is not { } answer)
            return relevance;
        foreach (var name in features.Distinct(StringComparer.Ordinal).Take(MaxFeatures))
        {
            if (model.FindFeature(name) is not { } feature || baseline.Features.GetValueOrDefault(name) is not { } bins)
                continue;
            if (!_known.TryGetValue((model.Id, name), out var known) || known.Generation != baseline.Generation)
            {
                _known[(model.Id, name)] = known = (
                    baseline.Generation,
                    await ComputeAsync(model, baseline, feature, bins, answer, cancellation)
                );
            }

            relevance[name] = known.Value;
        }

        return relevance;
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId)
    {
        foreach (var key in _known.Keys.Where(key => key.Model == modelId))
            _known.TryRemove(key, out _);
    }

    private async Task<double> ComputeAsync(
        ModelDefinition model,
        Baseline baseline,
        FeatureDefinition feature,
        FeatureBaseline bins,
        (string Sql, double[] Edges) answer,
        CancellationToken cancellation
    )
    {
        var sql = bins.IsNumeric
            ? $"if(isNaN({feature.Column}), -1, arrayCount(e -> e <= {feature.Column}, {{edges:Array(Float64)}}))"
            : $"ifNull(toString({feature.Column}), '')";
        var text = $"""
            SELECT cramersVBiasCorrected({sql}, {answer.Sql})
            FROM (SELECT * FROM {ModelTables.Reference(model.Id, baseline.Generation)} LIMIT {MaxRows})
            """;
        var parameters = new List<SqlParameter>();
        if (bins.IsNumeric)
            parameters.Add(new("edges", bins.DecileIndices.Select(index => bins.Edges[index]).ToArray()));
        if (answer.Edges.Length > 0)
            parameters.Add(new("answers", answer.Edges));
        using var rows = await store.QueryAsync(new SqlStatement(text, parameters), cancellation);
        return rows.Read() && rows.ReadDouble() is var value && double.IsFinite(value) ? Math.Clamp(value, 0, 1) : 0;
    }

    // Numbers are told apart by the deciles of the reference's own answers.
    private static (string Sql, double[] Edges)? Answer(Baseline baseline, ModelDefinition model)
    {
        if (model.Task != ModelTask.Regression)
            return ("prediction", []);
        if (baseline.Features.GetValueOrDefault(PseudoFeatures.Prediction) is not { IsNumeric: true } answers)
            return null;
        return (
            "arrayCount(e -> e <= prediction_value, {answers:Array(Float64)})",
            [.. answers.DecileIndices.Select(index => answers.Edges[index])]
        );
    }
}
