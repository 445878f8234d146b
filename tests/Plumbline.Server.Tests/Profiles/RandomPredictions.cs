using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Profiles;

/// <summary>Seeded predictions with everything that can go wrong in a value, and their way straight into the model's table.</summary>
internal sealed class RandomPredictions(int seed)
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);

    /// <summary>Features: 0 numeric, 1 numeric with few values, 2 categorical, 3 boolean, 4 text, 5 categorical with many values.</summary>
    public static object Specification =>
        new
        {
            task = "binary",
            positive_class = "1",
            classes = new[] { "0", "1" },
            segments = new[] { "country" },
            features = new Dictionary<string, object>
            {
                ["amount"] = new { type = "numeric" },
                ["it's \"few\"; --"] = new { type = "numeric" },
                ["country"] = new { type = "categorical" },
                ["is_new"] = new { type = "boolean" },
                ["subject"] = new { type = "text" },
                ["product"] = new { type = "categorical" },
            },
        };

    public Row[] Rows(int count, int hours, double shift = 0) =>
        [.. Enumerable.Range(0, count).Select(_ => Row(hours, shift)).OrderBy(row => row.Timestamp)];

    private Row Row(int hours, double shift)
    {
        string[] countries = ["FR", "DE", "'; DROP TABLE profiles; --", "żółć"];
        var country = _random.Next(20) == 0 ? null : countries[_random.Next(shift > 0 ? 4 : 3)];
        return new Row(
            Start.AddMilliseconds(_random.NextInt64(hours * 3_600_000L)),
            _random.Next(4) == 0 ? "v2" : "v1",
            _random.Next(10) == 0 ? "shadow" : "primary",
            _random.Next(15) == 0 ? "timeout" : "ok",
            _random.Next(12) == 0 ? ""
                : _random.Next(3) == 0 ? "1"
                : "0",
            _random.Next(9) == 0 ? double.NaN : _random.NextDouble(),
            _random.Next(9) == 0 ? double.NaN : Math.Exp((_random.NextDouble() * 20) - 4),
            country,
            Cells(country, shift)
        );
    }

    private Cell[] Cells(string? country, double shift) =>
        [
            Amount(shift),
            new Cell(_random.Next(3)),
            Wrong(30) ?? new Cell(Text: country),
            Wrong(40)
                ?? new Cell(
                    Text: _random.Next(7) == 0 ? null
                    : _random.Next(2) == 0 ? "true"
                    : "false"
                ),
            new Cell(Text: _random.Next(5) == 0 ? null : "text " + _random.Next()),
            new Cell(Text: $"p{(int)(Math.Abs(Normal()) * 40) + (shift > 0 && _random.Next(5) == 0 ? 1000 : 0)}"),
        ];

    private Cell Amount(double shift) =>
        _random.Next(24) switch
        {
            0 => new Cell(),
            1 => new Cell(double.NaN),
            2 => new Cell(double.PositiveInfinity),
            3 => new Cell(double.NegativeInfinity),
            4 => new Cell(IsWrongType: true),
            5 => new Cell(-0.0),
            6 when shift > 0 => new Cell(double.MaxValue / 1e200),
            7 when shift > 0 => new Cell(-1e100),
            _ => new Cell(Math.Round(Normal() + shift, 2)),
        };

    private Cell? Wrong(int oneIn) => _random.Next(oneIn) == 0 ? new Cell(IsWrongType: true) : null;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Stores rows in a table with a prediction's columns, as ingestion does.</summary>
    public static async Task StoreAsync(
        IColumnStore store,
        ModelDefinition model,
        string table,
        IReadOnlyList<Row> rows,
        CancellationToken ct
    )
    {
        using var buffer = new RowBinaryBuffer();
        foreach (var row in rows)
        {
            buffer.WriteString(Guid.NewGuid().ToString());
            buffer.WriteDateTime64Ms(row.Timestamp.ToUnixTimeMilliseconds());
            buffer.WriteString(row.Version);
            buffer.WriteString(row.Role);
            buffer.WriteString(row.Status);
            buffer.WriteString(row.Prediction);
            buffer.WriteDouble(row.Score);
            buffer.WriteDouble(double.IsNaN(row.Score) ? double.NaN : Math.Max(row.Score, 1 - row.Score));
            buffer.WriteDouble(row.LatencyMs);
            buffer.WriteMap([
                .. row
                    .Cells.Select((cell, i) => (cell, i))
                    .Where(entry => entry.cell.IsWrongType)
                    .Select(entry => KeyValuePair.Create(model.Features[entry.i].Name, "{\"odd\":1}")),
            ]);
            foreach (var feature in model.Features)
                WriteCell(buffer, feature.Type, row.Cells[feature.Ordinal]);
        }
        await store.InsertAsync(
            table,
            [
                "prediction_id",
                "timestamp",
                "version",
                "role",
                "status",
                "prediction",
                "score",
                "confidence",
                "latency_ms",
                "raw",
                .. model.Features.Select(feature => feature.Column),
            ],
            buffer.Written,
            null,
            ct
        );
    }

    private static void WriteCell(RowBinaryBuffer buffer, FeatureType type, Cell cell)
    {
        if (type == FeatureType.Numeric)
            buffer.WriteDouble(cell.IsWrongType ? double.NaN : cell.Number ?? double.NaN);
        else if (type == FeatureType.Boolean)
            buffer.WriteNullableBool(cell.Text is null ? null : cell.Text == "true");
        else
            buffer.WriteNullableString(cell.Text);
    }
}
