using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// Which values of a segment dimension are told apart: the first <see cref="MaxValues"/> that were seen, more frequent ones first among
/// those seen together; all further ones are counted as <c>@other</c>. The list only grows, so that a window computed again has the
/// same groups and its stored rows are replaced, never left over.
/// </summary>
public sealed class SegmentValues(IColumnStore store, IDbContextFactory<StateDbContext> state) : IDisposable
{
    /// <summary>Values told apart per dimension.</summary>
    public const int MaxValues = 50;

    /// <summary>The group of all further values.</summary>
    public const string Other = ProfileStatement.OtherValue;

    /// <summary>A longer value (in characters) is never told apart.</summary>
    public const int MaxValueLength = 256;

    private readonly ConcurrentDictionary<(int Model, string Key), ImmutableArray<string>> _known = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The model's dimensions that can be computed now, with the values known after looking at the given time range.</summary>
    internal async Task<IReadOnlyList<SegmentColumn>> LearnAsync(
        ModelDefinition model,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var columns = new List<SegmentColumn>();
        foreach (var key in model.Segments)
        {
            // Declared before its feature was seen, or of a type that does not split: no dimension yet.
            if (model.FindFeature(key) is not { Type: FeatureType.Categorical or FeatureType.Boolean } feature)
                continue;
            var sql = feature.Type == FeatureType.Boolean ? $"toString({feature.Column})" : feature.Column;
            var values = await ReadAsync(model.Id, key, cancellation);
            if (values.Length < MaxValues)
                values = await AddAsync(model, key, sql, from, to, cancellation);
            columns.Add(new SegmentColumn(key, sql, values));
        }

        columns.AddRange(
            model.Slices.Select(slice => new SegmentColumn(WatchedSlice.Dimension, SliceText.Expression(model, slice), [slice.Name])
            {
                OnlyValues = true,
            })
        );
        return columns;
    }

    /// <summary>
    /// The values told apart of each of the model's dimensions, in the order of <see cref="ModelDefinition.SegmentKeys"/>; what is not
    /// among them belongs to <see cref="Other"/>.
    /// </summary>
    public async Task<IReadOnlyList<ImmutableArray<string>>> KnownAsync(ModelDefinition model, CancellationToken cancellation)
    {
        var known = new List<ImmutableArray<string>>();
        foreach (var key in model.Segments)
            known.Add(await ReadAsync(model.Id, key, cancellation));
        known.AddRange(model.Slices.Select(slice => ImmutableArray.Create(slice.Name)));
        return known;
    }

    /// <summary>Forgets a deleted model's lists.</summary>
    public async Task RemoveAsync(ModelDefinition model, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        await db.SegmentValues.Where(row => row.ModelId == model.Id).ExecuteDeleteAsync(cancellation);
        foreach (var key in _known.Keys.Where(key => key.Model == model.Id))
            _known.TryRemove(key, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<ImmutableArray<string>> ReadAsync(int modelId, string key, CancellationToken cancellation)
    {
        if (_known.TryGetValue((modelId, key), out var known))
            return known;
        await using var db = await state.CreateDbContextAsync(cancellation);
        var rows = await db
            .SegmentValues.AsNoTracking()
            .Where(row => row.ModelId == modelId && row.Key == key)
            .OrderBy(row => row.Ordinal)
            .Select(row => row.Value)
            .ToListAsync(cancellation);
        return _known.GetOrAdd((modelId, key), [.. rows]);
    }

    private async Task<ImmutableArray<string>> AddAsync(
        ModelDefinition model,
        string key,
        string sql,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var known = await ReadAsync(model.Id, key, cancellation);
            var found = new List<string>();
            using (
                var rows = await store.QueryAsync(
                    new SqlStatement(
                        $$"""
                        SELECT assumeNotNull(toString({{sql}})) AS value FROM {{ModelTables.Predictions(model.Id)}}
                        WHERE role = 'primary' AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}
                            AND isNotNull({{sql}})
                            AND NOT has({known:Array(String)}, value) AND lengthUTF8(value) <= {longest:UInt32}
                        GROUP BY value ORDER BY count() DESC, value LIMIT {limit:UInt32}
                        """,
                        new("from", from),
                        new("to", to),
                        new("known", known),
                        new("longest", MaxValueLength),
                        new("limit", MaxValues - known.Length)
                    ),
                    cancellation
                )
            )
            {
                while (rows.Read())
                    found.Add(rows.ReadString());
            }
            if (found.Count == 0)
                return known;
            await using var db = await state.CreateDbContextAsync(cancellation);
            db.SegmentValues.AddRange(
                found.Select(
                    (value, i) =>
                        new SegmentValueRow
                        {
                            ModelId = model.Id,
                            Key = key,
                            Value = value,
                            Ordinal = known.Length + i,
                        }
                )
            );
            await db.SaveChangesAsync(cancellation);
            return _known[(model.Id, key)] = [.. known, .. found];
        }
        finally
        {
            _gate.Release();
        }
    }
}
