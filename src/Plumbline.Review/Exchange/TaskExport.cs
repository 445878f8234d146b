using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.Models;
using Plumbline.Registry.State;
using Plumbline.Review.Tasks;
using Plumbline.Store;

namespace Plumbline.Review.Exchange;

/// <summary>Gives open tasks to a tool of annotators. Private features stay here.</summary>
public sealed class TaskExport(IColumnStore store, ModelTables tables, IDbContextFactory<StateDbContext> state)
{
    /// <summary>Tasks of one file.</summary>
    public const int MaxTasks = 10_000;

    /// <summary>Tasks of one file when nobody says.</summary>
    public const int DefaultTasks = 1_000;

    /// <summary>The tasks that are first in the queue, as JSON.</summary>
    internal async Task<byte[]> WriteAsync(ModelDefinition model, bool isArgilla, int limit, CancellationToken cancellation)
    {
        await using var db = await state.CreateDbContextAsync(cancellation);
        var tasks = await db
            .ReviewTasks.AsNoTracking()
            .Where(task => task.ModelId == model.Id && task.State == (int)TaskState.Open)
            .OrderByDescending(task => task.Rank)
            .ThenBy(task => task.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        var inputs = await InputsAsync(model, tasks, cancellation);
        var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var task in tasks)
            {
                if (!inputs.TryGetValue(task.PredictionId, out var input))
                    continue;
                var row = input with { Version = task.Version, Answer = task.Answer };
                if (isArgilla)
                    Argilla.Write(json, row, model.Task == ModelTask.Regression);
                else
                    LabelStudio.Write(json, row, model.Task == ModelTask.Regression);
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private async Task<Dictionary<string, ExchangedRow>> InputsAsync(
        ModelDefinition model,
        List<ReviewTaskRow> tasks,
        CancellationToken cancellation
    )
    {
        var inputs = new Dictionary<string, ExchangedRow>(StringComparer.Ordinal);
        if (tasks.Count == 0)
            return inputs;
        var features = model.Features.Where(feature => !feature.Private).ToList();
        await tables.EnsureAsync(model.Id, [.. model.Features.Select(ModelColumns.Of)], cancellation);
        var columns = string.Concat(
            features.Select(feature =>
                feature.Type == FeatureType.Numeric ? $", if(isNaN({feature.Column}), NULL, {feature.Column})" : $", {feature.Column}"
            )
        );
        var lines = await store.QueryFormattedAsync(
            new SqlStatement(
                $$"""
                SELECT prediction_id, if(isNaN(score), NULL, score){{columns}} FROM {{ModelTables.Predictions(model.Id)}}
                WHERE timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp <= {to:DateTime64(3, 'UTC')} AND role = 'primary'
                    AND id_hash IN (SELECT arrayJoin({hashes:Array(UInt64)})) AND prediction_id IN (SELECT arrayJoin({ids:Array(String)}))
                LIMIT 1 BY prediction_id
                """,
                new("from", DateTimeOffset.FromUnixTimeMilliseconds(tasks.Min(task => task.TimestampMs))),
                new("to", DateTimeOffset.FromUnixTimeMilliseconds(tasks.Max(task => task.TimestampMs))),
                new("hashes", tasks.Select(task => unchecked((ulong)task.IdHash)).ToArray()),
                new("ids", tasks.Select(task => task.PredictionId).ToArray())
            ),
            "JSONCompactEachRow",
            cancellation
        );
        foreach (var line in new StringReader(System.Text.Encoding.UTF8.GetString(lines)).Lines())
        {
            using var document = JsonDocument.Parse(line);
            var values = document.RootElement;
            var id = values[0].GetString()!;
            double? score = values[1].ValueKind == JsonValueKind.Number ? values[1].GetDouble() : null;
            inputs[id] = new ExchangedRow(
                id,
                "",
                "",
                score,
                Label: null,
                LabelTime: null,
                [.. features.Select((feature, i) => (feature.Name, values[i + 2].Clone()))]
            );
        }

        return inputs;
    }
}

/// <summary>Lines of a text.</summary>
internal static class TextLines
{
    /// <summary>Those that are not empty.</summary>
    public static IEnumerable<string> Lines(this TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
                yield return line;
        }
    }
}
