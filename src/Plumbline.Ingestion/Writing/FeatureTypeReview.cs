using System.Collections.Concurrent;
using Plumbline.Events;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Ingestion.Writing;

/// <summary>
/// Looks again at types that were guessed from little traffic: after <see cref="Settled"/> values the guess stands, before that values that
/// do not fit it make the newest rows be counted, and the type follows them. So the first value that happens to come decides nothing for
/// good.
/// </summary>
public sealed class FeatureTypeReview(ModelCatalog catalog, IColumnStore store, IFeatureRetyping retyping, ILogger<FeatureTypeReview> log)
{
    /// <summary>Values after which a guessed type stands; documented in docs/http-api.md.</summary>
    public const long Settled = 10_000;

    private readonly ConcurrentDictionary<(int ModelId, string Feature), long> _values = new();

    /// <summary>Takes note of a block that was stored.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="features">Its provisional features, with how many values the block has and whether some speak against the type.</param>
    /// <param name="cancellation">Stops between two features.</param>
    public async Task ReviewAsync(
        int modelId,
        IReadOnlyList<(FeatureDefinition Feature, long Values, bool HasDoubtful)> features,
        CancellationToken cancellation
    )
    {
        var settled = new List<string>();
        foreach (var (feature, values, hasDoubtful) in features)
        {
            var key = (modelId, feature.Name);
            var before = _values.GetValueOrDefault(key);
            _values[key] = before + values;
            if (hasDoubtful && before < Settled)
                await TryLookAsync(modelId, feature, cancellation);
            if (before + values < Settled)
                continue;
            settled.Add(feature.Name);
            _values.TryRemove(key, out _);
        }

        if (settled.Count > 0)
            await catalog.SettleFeaturesAsync(modelId, settled, cancellation);
    }

    /// <summary>Forgets a deleted model.</summary>
    public void Forget(int modelId)
    {
        foreach (var key in _values.Keys.Where(key => key.ModelId == modelId))
            _values.TryRemove(key, out _);
    }

    // The block is stored: whatever goes wrong here, the next values against the type make it be looked at again.
    private async Task TryLookAsync(int modelId, FeatureDefinition feature, CancellationToken cancellation)
    {
        try
        {
            await LookAsync(modelId, feature, cancellation);
        }
        catch (Exception error) when (error is not OperationCanceledException and not OutOfMemoryException)
        {
            log.TypeNotLookedAt(error, feature.Name, modelId);
        }
    }

    private async Task LookAsync(int modelId, FeatureDefinition feature, CancellationToken cancellation)
    {
        if ((await EvidenceAsync(modelId, feature, cancellation)).Infer() is not { } type || type == feature.Type)
            return;
        try
        {
            await retyping.RetypeAsync(modelId, feature.Name, type, provisional: true, cancellation);
        }
        catch (FeatureChangeException error)
        {
            log.TypeStays(feature.Name, modelId, type, feature.Type, error.Message);
        }
    }

    // The newest rows by the table's own order: the work does not grow with history.
    private async Task<FeatureEvidence> EvidenceAsync(int modelId, FeatureDefinition feature, CancellationToken cancellation)
    {
        var isNumeric = feature.Type == FeatureType.Numeric;
        // A misfit is JSON and says what it is; a number in a column of categories is written as the text of one.
        using var rows = await store.QueryAsync(
            new SqlStatement(
                $$"""
                WITH raw_value != '' AS is_raw, if(startsWith(raw_value, '"'), JSONExtractString(raw_value), raw_value) AS raw_text,
                    isNotNull(stored) AS is_stored, ifNull(stored, '') AS stored_text, has({words:Array(String)}, raw_text)
                        OR has({words:Array(String)}, stored_text) AS is_missing,
                    startsWith(raw_value, '"') AS is_raw_text, toFloat64OrNull(stored_text) AS stored_number,
                        match(stored_text, '^0[0-9]') AS is_code
                SELECT countIf(is_raw OR is_stored) AS present,
                    countIf(is_missing),
                    countIf(is_raw AND NOT is_raw_text AND isNotNull(toFloat64OrNull(raw_value)))
                        + countIf(is_stored AND NOT is_missing AND ({numeric:Bool} OR isNotNull(stored_number))),
                    countIf((is_raw AND NOT is_raw_text AND raw_value IN ('true', 'false'))
                        OR (is_stored AND stored_text IN ('true', 'false'))),
                    countIf(is_stored AND is_code),
                    countIf(match(if(is_raw, raw_value, stored_text), '^-?[0-9]{16,}$')
                        AND abs(toFloat64OrZero(if(is_raw, raw_value, stored_text))) >= {{FeatureEvidence.FirstInexactInteger}}),
                    sum(lengthUTF8(if(is_raw, raw_text, stored_text))), toUInt64(max(lengthUTF8(if(is_raw, raw_text, stored_text)))),
                    toUInt64(length(arrayDistinct(groupArrayIf({{FeatureEvidence.Sample}})(if(is_raw, raw_text, stored_text), is_raw
                        OR is_stored))))
                FROM
                (
                    SELECT {{ModelColumns.Of(feature).Text}} AS stored, raw[{name:String}] AS raw_value
                    FROM {{ModelTables.Predictions(modelId)}} ORDER BY timestamp DESC LIMIT {limit:UInt32}
                )
                """,
                new SqlParameter("words", MissingWords.All),
                new SqlParameter("name", feature.Name),
                new SqlParameter("numeric", isNumeric),
                new SqlParameter("limit", Settled)
            ),
            cancellation
        );
        rows.Read();
        long Next() => (long)rows.ReadUInt64();
        return new FeatureEvidence(Next(), Next(), Next(), Next(), Next(), Next(), Next(), Next(), Next() > FeatureEvidence.UniqueOfSample);
    }
}
