using Plumbline.Monitoring.References;
using Plumbline.Registry.Models;
using Plumbline.Registry.Scheduling;
using Plumbline.Store;

namespace Plumbline.Review.Datasets;

/// <summary>
/// Makes versions of data sets, one after the other: ids are chosen, values and labels gathered, and files written by the engine; only
/// counts leave it. The same rows by the same recipe have the same content hash, whatever the files' bytes are.
/// </summary>
public sealed class DatasetBuilding : IDisposable
{
    private readonly IColumnStore _store;
    private readonly ModelTables _tables;
    private readonly BaselineCatalog _baselines;
    private readonly DatasetStore _datasets;
    private readonly DatasetFiles _files;
    private readonly DatasetChoice _choice;
    private readonly DatasetGathering _gathering;
    private readonly DatasetSplitting _splitting;
    private readonly DatasetCounting _counting;
    private readonly TimeProvider _time;
    private readonly ILogger<DatasetBuilding> _log;
    private readonly SemaphoreSlim _place = new(1, 1);

    internal DatasetBuilding(
        IColumnStore store,
        ModelTables tables,
        BaselineCatalog baselines,
        DatasetStore datasets,
        DatasetFiles files,
        DatasetChoice choice,
        DatasetCounting counting,
        TimeProvider time,
        ILogger<DatasetBuilding> log
    )
    {
        _log = log;
        (_store, _tables, _baselines, _datasets, _files, _time) = (store, tables, baselines, datasets, files, time);
        (_choice, _counting) = (choice, counting);
        (_gathering, _splitting) = (new DatasetGathering(store, tables), new DatasetSplitting(store));
    }

    /// <summary>Makes the next version of a data set, and gives it ready.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Of the data set.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="cancellation">Gives it up; the version is then failed.</param>
    /// <exception cref="DatasetException">There is no such data set, it has no row, or it has too many versions.</exception>
    public async Task<DatasetVersion> BuildAsync(ModelDefinition model, string name, string by, CancellationToken cancellation)
    {
        var (dataset, begun) = await BeginAsync(model, name, by, cancellation);
        return await FinishAsync(model, dataset, begun, cancellation);
    }

    /// <summary>Begins the next version of a data set.</summary>
    internal async Task<(StoredDataset Dataset, DatasetVersion Begun)> BeginAsync(
        ModelDefinition model,
        string name,
        string by,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        var dataset =
            await _datasets.FindAsync(model, name, cancellation)
            ?? throw new DatasetException("unknown_dataset", $"The model has no data set '{name}'.");
        return (dataset, await _datasets.BeginAsync(dataset, by, cancellation));
    }

    /// <summary>Makes a version that was begun.</summary>
    internal async Task<DatasetVersion> FinishAsync(
        ModelDefinition model,
        StoredDataset dataset,
        DatasetVersion begun,
        CancellationToken cancellation
    )
    {
        try
        {
            using var turn = await _place.EnterAsync(cancellation);
            return await WriteAsync(model, dataset, begun, cancellation);
        }
        catch (Exception error)
        {
            if (error is not (DatasetException or OperationCanceledException))
                _log.BuildFailed(error, begun.Name, begun.Number, model.Name);
            _files.Discard(model.Id, dataset.Id, begun.Number);
            await _datasets.FailAsync(
                begun,
                error switch
                {
                    DatasetException known => known.Message,
                    OperationCanceledException => "It was given up.",
                    EngineException { Name: "MEMORY_LIMIT_EXCEEDED" } =>
                        "The engine's memory does not do for so many rows and columns; ask for fewer.",
                    _ => "It could not be made; the log of the server says why.",
                }
            );
            throw;
        }
    }

    private async Task<DatasetVersion> WriteAsync(
        ModelDefinition model,
        StoredDataset dataset,
        DatasetVersion begun,
        CancellationToken cancellation
    )
    {
        await _tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        await using var work = new DatasetWork(_store, model, begun.Recipe, _baselines.Find(model), _time.GetUtcNow());
        await _choice.FillAsync(work, cancellation);
        await _gathering.FillAsync(work, cancellation);
        var split = await _splitting.OfAsync(work, cancellation);
        List<SqlParameter> parameters = [.. split.Parameters];
        var columns = DatasetColumns.Of(model, begun.Recipe, split.Text, parameters);
        var card = await _counting.CountAsync(work, columns, split, parameters, cancellation);
        if (card.Rows == 0)
        {
            throw new DatasetException(
                "no_rows",
                "No prediction is in it: the parts of its recipe choose none with ground truth in this time. "
                    + "Answer review tasks, send ground truth, or ask for another time or part."
            );
        }

        var hash = await HashAsync(work, columns, parameters, cancellation);
        var folder = _files.Begin(model.Id, dataset.Id, begun.Number);
        foreach (var name in card.Splits.Keys)
            await WriteSplitAsync(work, columns, split, parameters, (name, Path.Combine(folder, name + ".parquet")), cancellation);
        await DatasetManifest.WriteAsync(folder, model, begun, hash, card, cancellation);
        _files.Complete(model.Id, dataset.Id, begun.Number);
        if (!await _datasets.FinishAsync(begun, hash, card, cancellation))
            throw new DatasetException("unknown_dataset", $"The data set '{dataset.Name}' was deleted while a version of it was made.");
        return (await _datasets.FindVersionAsync(dataset, begun.Number, cancellation))!;
    }

    private Task WriteSplitAsync(
        DatasetWork work,
        IReadOnlyList<DatasetColumn> columns,
        SqlStatement split,
        IReadOnlyList<SqlParameter> parameters,
        (string Name, string Path) file,
        CancellationToken cancellation
    ) =>
        _store.ExecuteAsync(
            new SqlStatement(
                $$"""
                INSERT INTO FUNCTION file({output:String}, 'Parquet', {structure:String})
                SELECT {{string.Join(", ", columns.Select(column => column.Sql))}}
                FROM {{work.Rows}} WHERE {{work.Kept}} AND {{split.Text}} = {this_split:String}
                ORDER BY timestamp, id_hash, prediction_id
                """,
                [
                    .. parameters,
                    new("output", file.Path),
                    new("structure", DatasetColumns.Structure(columns.Select(column => (column.Name, column.Kind)))),
                    new("this_split", file.Name),
                ]
            ),
            cancellation
        );

    // Of every row's values, then of all rows in the order of their hashes: neither the order of rows nor the file's bytes count.
    private async Task<string> HashAsync(
        DatasetWork work,
        IReadOnlyList<DatasetColumn> columns,
        IReadOnlyList<SqlParameter> parameters,
        CancellationToken cancellation
    )
    {
        using var rows = await _store.QueryAsync(
            new SqlStatement(
                $$"""
                SELECT lower(hex(SHA256(concat({schema:String}, arrayStringConcat(arraySort(groupArray(row_hash)))))))
                FROM (SELECT SHA256(toJSONString(tuple({{string.Join(", ", columns.Select(column => column.Sql))}}))) AS row_hash
                    FROM {{work.Rows}} WHERE {{work.Kept}})
                """,
                [.. parameters, new("schema", DatasetColumns.Structure(columns.Select(column => (column.Name, column.Kind))))]
            ),
            cancellation
        );
        rows.Read();
        return rows.ReadString();
    }

    public void Dispose() => _place.Dispose();
}

/// <summary>What <see cref="DatasetBuilding"/> logs.</summary>
internal static partial class DatasetBuildingLog
{
    [LoggerMessage(8010, LogLevel.Error, "Version {Number} of the data set {Name} of {Model} could not be made")]
    internal static partial void BuildFailed(this ILogger logger, Exception error, string name, int number, string model);
}
