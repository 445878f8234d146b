using Plumbline.Monitoring.Profiles;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>What became of an uploaded reference.</summary>
internal sealed record LoadedReference(Baseline Baseline, IReadOnlyList<(string Column, string Reason)> Ignored);

/// <summary>Makes a file or a stretch of production the reference of a model.</summary>
public sealed class ReferenceLoading(IColumnStore store, ModelCatalog catalog, BaselineCatalog baselines, IFeatureRetyping retyping)
{
    /// <summary>Rows of a reference; exact quantiles hold every value of a feature in memory.</summary>
    public const long MaxRows = 20_000_000;

    /// <exception cref="ReferenceException">The file cannot be used; the model keeps the reference that it had.</exception>
    internal async Task<LoadedReference> LoadFileAsync(
        ModelDefinition model,
        ReferenceFile file,
        ReferenceColumns columns,
        CancellationToken cancellation
    )
    {
        await using var staged = await StagedReference.ReadAsync(store, file, model.Id, cancellation);
        var (count, contents) = await staged.LookAsync(staged.Columns, cancellation);
        if (count == 0)
            throw new ReferenceException("reference_empty", "The file has no rows.");
        if (count > MaxRows)
            throw new ReferenceException("reference_too_large", $"The file has {count} rows; a reference has at most {MaxRows}.");
        var rows = new ReferenceRows(staged, columns, contents, await ClassSpelling.ReadAsync(store, model, staged, columns, cancellation));
        rows.CheckNamedColumns();
        await CheckValuesAsync(model, staged, rows, cancellation);
        var features = rows.Features(model);
        if (features.Count == 0 && columns.Prediction is null && columns.Score is null)
            throw new ReferenceException("reference_without_features", "No column of the file is a feature, a prediction or a score.");
        try
        {
            await catalog.EnsureFeaturesAsync(
                model.Id,
                [.. features.Select(feature => (feature.Column.Name, feature.Inferred))],
                provisional: false,
                cancellation
            );
            await CorrectGuessesAsync(model.Id, features, cancellation);
        }
        catch (Exception error) when (error is FeatureLimitException or FeatureChangeException)
        {
            throw new ReferenceException("too_many_features", error.Message);
        }
        if (columns.Version is not null)
            await catalog.EnsureVersionsAsync(model.Id, [columns.Version], cancellation);
        var baseline = await baselines.ReplaceAsync(
            model.Id,
            declared: true,
            columns.Version,
            async (current, table, ct) =>
            {
                await store.ExecuteAsync(rows.Insert(current, table, [.. features.Select(feature => feature.Column)]), ct);
                await EnsureClassesAsync(current, table, ct);
            },
            cancellation
        );
        return new LoadedReference(baseline!, rows.Ignored);
    }

    /// <exception cref="ReferenceException">There are no predictions in that time.</exception>
    internal async Task<LoadedReference> LoadProductionAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        string? version,
        CancellationToken cancellation
    )
    {
        var baseline = await baselines.ReplaceByProductionAsync(model.Id, declared: true, version, from, to, cancellation);
        return baseline is null
            ? throw new ReferenceException(
                "reference_empty",
                $"The model has no predictions from {from:O} to "
                    + $"{to:O}{(version is null ? "" : $" of version '{Problems.Shorten(version)}'")}."
            )
            : new LoadedReference(baseline, []);
    }

    // A reference says what is usual; the few events before it only let guess.
    private async Task CorrectGuessesAsync(
        int modelId,
        IReadOnlyList<(StagedColumn Column, FeatureType Inferred)> features,
        CancellationToken cancellation
    )
    {
        foreach (var (column, inferred) in features)
        {
            if (catalog.Find(modelId)?.FindFeature(column.Name) is { Provisional: true } guessed && guessed.Type != inferred)
                await retyping.RetypeAsync(modelId, column.Name, inferred, provisional: false, cancellation);
        }

        await catalog.SettleFeaturesAsync(modelId, [.. features.Select(feature => feature.Column.Name)], cancellation);
    }

    private async Task CheckValuesAsync(ModelDefinition model, StagedReference staged, ReferenceRows rows, CancellationToken cancellation)
    {
        foreach (var (role, column, wrong, example, rule) in rows.Conditions(model))
        {
            using var answer = await store.QueryAsync(
                new SqlStatement($"SELECT countIf({wrong}), anyIf(ifNull({example}, ''), {wrong}) FROM {staged.Table}"),
                cancellation
            );
            answer.Read();
            var (count, sample) = (answer.ReadUInt64(), answer.ReadString());
            if (count > 0)
            {
                throw new ReferenceException(
                    $"{role}_invalid",
                    $"{count} values of the column '{Problems.Shorten(column)}' are not {rule}; one is '{Problems.Shorten(sample)}'."
                );
            }
        }
    }

    private async Task EnsureClassesAsync(ModelDefinition model, string table, CancellationToken cancellation)
    {
        if (model.Task == ModelTask.Regression)
            return;
        var classes = new List<string>();
        using (
            var rows = await store.QueryAsync(
                new SqlStatement(
                    $$"""
                    SELECT class FROM (SELECT arrayJoin([prediction, value]) AS class FROM {{table}}) WHERE class != '' GROUP BY class
                        ORDER BY count() DESC, class LIMIT {limit:UInt32}
                    """,
                    new SqlParameter("limit", ModelLimits.MaxClasses)
                ),
                cancellation
            )
        )
        {
            while (rows.Read())
                classes.Add(rows.ReadString());
        }
        await catalog.EnsureClassesAsync(model.Id, classes, cancellation);
    }
}
