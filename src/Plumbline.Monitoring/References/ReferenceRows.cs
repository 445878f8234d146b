using System.Globalization;
using Plumbline.Registry.FeatureTypes;
using Plumbline.Registry.Models;
using Plumbline.Registry.Web;
using Plumbline.Store;

namespace Plumbline.Monitoring.References;

/// <summary>
/// How the staged rows become rows of a reference's table: one INSERT .. SELECT, set-based, every value bound or taken from a column.
/// </summary>
internal sealed class ReferenceRows
{
    private readonly Dictionary<string, StagedColumn> _byName;
    private readonly IReadOnlyDictionary<int, FeatureEvidence> _contents;
    private readonly ReferenceColumns _columns;
    private readonly StagedReference _staged;
    private readonly ClassSpelling _classes;

    internal ReferenceRows(
        StagedReference staged,
        ReferenceColumns columns,
        IReadOnlyDictionary<int, FeatureEvidence> contents,
        ClassSpelling classes
    )
    {
        _classes = classes;
        _staged = staged;
        _columns = columns;
        _contents = contents;
        _byName = staged.Columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
    }

    /// <summary>Columns of the file that are neither used nor features, each with its reason.</summary>
    internal List<(string Column, string Reason)> Ignored { get; } = [];

    /// <summary>Checks that every named column is there and has values.</summary>
    /// <exception cref="ReferenceException">One is not.</exception>
    internal void CheckNamedColumns()
    {
        foreach (var (role, name) in _columns.Roles.Concat((_columns.Features ?? []).Select(feature => ("features", feature))))
        {
            if (!_byName.TryGetValue(name, out var column))
            {
                throw new ReferenceException(
                    "column_missing",
                    $"The file has no column '{Problems.Shorten(name)}' (named in {role}=). It has: "
                        + $"{string.Join(", ", _byName.Keys.Take(50).Select(known => Problems.Shorten(known, 40)))}"
                        + $"{(_byName.Count > 50 ? ", .." : "")}."
                );
            }
            if (_contents[column.Index].Present == 0)
            {
                throw new ReferenceException(
                    "column_all_missing",
                    $"The column '{Problems.Shorten(name)}' (named in {role}=) has no value in any row."
                );
            }
        }
    }

    /// <summary>The features of the file with the types that they get if the model does not know them yet.</summary>
    /// <exception cref="ReferenceException">A feature named in features= has an impossible name.</exception>
    internal IReadOnlyList<(StagedColumn Column, FeatureType Inferred)> Features(ModelDefinition model)
    {
        var roles = _columns.Roles.Select(role => role.Column).ToHashSet(StringComparer.Ordinal);
        var chosen = _columns.Features is { } named
            ? named.Distinct(StringComparer.Ordinal).Select(name => _byName[name])
            : _staged.Columns.Where(column => !roles.Contains(column.Name));
        var features = new List<(StagedColumn, FeatureType)>();
        foreach (var column in chosen)
        {
            if (ModelNames.CheckFeature(column.Name) is { } reason)
            {
                if (_columns.Features is not null)
                    throw new ReferenceException("feature_name_invalid", reason);
                Ignored.Add((Problems.Shorten(column.Name), reason));
            }
            else if (model.DroppedFeatures.Contains(column.Name))
            {
                Ignored.Add((column.Name, "The feature was dropped; declare it to have it back."));
            }
            else if ((_contents[column.Index].Infer() ?? model.FindFeature(column.Name)?.Type) is { } type)
            {
                features.Add((column, type));
            }
            else
            {
                Ignored.Add((column.Name, "It has no value in any row, so its type cannot be told."));
            }
        }
        return features;
    }

    /// <summary>Fills a reference's table.</summary>
    internal SqlStatement Insert(ModelDefinition model, string table, IReadOnlyList<StagedColumn> features)
    {
        var targets = new List<string>();
        var sources = new List<string>();
        var parameters = new List<SqlParameter>();
        void Add(string column, string sql)
        {
            targets.Add(column);
            sources.Add(sql);
        }
        var id = _columns.Id is { } idColumn
            ? $"ifNull({_byName[idColumn].Text}, '')"
            : "concat('reference-', toString(rowNumberInAllBlocks()))";
        Add("prediction_id", $"{id} AS the_id");
        Add("id_hash", "reinterpretAsUInt64(substring(SHA256(the_id), 1, 8))");
        Add(
            "timestamp",
            _columns.Timestamp is { } time ? $"ifNull({_byName[time].Time}, toDateTime64(0, 3, 'UTC'))" : "toDateTime64(0, 3, 'UTC')"
        );
        Add("received_at", "now64(3, 'UTC')");
        Add("version", "{version:String}");
        Add("role", "'primary'");
        Add("status", "'ok'");
        parameters.Add(new("version", _columns.Version ?? ""));
        parameters.AddRange(_classes.Parameters);
        AddAnswer(model, Add);
        AddFeatures(model, features, Add, parameters);
        return new SqlStatement(
            $"INSERT INTO {table} ({string.Join(", ", targets)}) SELECT {string.Join(",\n", sources)} FROM {_staged.Table}",
            parameters
        );
    }

    /// <summary>Values of a role that cannot be used, and one of them; for each role that has a condition.</summary>
    internal IEnumerable<(string Role, string Column, string Wrong, string Example, string Rule)> Conditions(ModelDefinition model)
    {
        if (_columns.Timestamp is { } time)
        {
            var column = _byName[time];
            yield return (
                "timestamp",
                time,
                $"isNotNull({column.Text}) AND (isNull({column.Time}) OR toYear(assumeNotNull({column.Time})) NOT BETWEEN 1970 AND 2105)",
                column.Text,
                "a time of 1970..2105: RFC 3339, a date, or epoch milliseconds"
            );
        }
        if (_columns.Score is { } score)
        {
            var column = _byName[score];
            yield return (
                "score",
                score,
                $"isNotNull({column.Text}) AND (isNull({column.LenientNumber}) OR assumeNotNull({column.LenientNumber}) < 0 OR "
                    + $"assumeNotNull({column.LenientNumber}) > 1)",
                column.Text,
                "a number of 0..1"
            );
        }
        if (model.Task == ModelTask.Regression)
        {
            foreach (var (role, name) in _columns.Roles.Where(role => role.Role is "prediction" or "ground_truth"))
            {
                yield return (
                    role,
                    name,
                    $"isNotNull({_byName[name].Text}) AND isNull({_byName[name].LenientNumber})",
                    _byName[name].Text,
                    "a number"
                );
            }
        }
    }

    private void AddAnswer(ModelDefinition model, Action<string, string> add)
    {
        if (_columns.Prediction is { } prediction)
        {
            if (model.Task == ModelTask.Regression)
                add("prediction_value", $"ifNull({_byName[prediction].LenientNumber}, nan)");
            else
                add("prediction", _classes.Sql($"ifNull({_byName[prediction].Text}, '')"));
        }
        if (_columns.Score is { } score)
        {
            var p = $"ifNull({_byName[score].LenientNumber}, nan)";
            add("score", p);
            add("confidence", model.Task == ModelTask.Binary ? $"greatest({p}, 1 - {p})" : p);
            if (model.Task == ModelTask.Binary)
                add("entropy", $"if(isNaN({p}), nan, -(if({p} > 0, {p} * log2({p}), 0) + if({p} < 1, (1 - {p}) * log2(1 - {p}), 0)))");
        }
        if (_columns.GroundTruth is { } truth)
        {
            add(
                "value",
                model.Task == ModelTask.Regression
                    ? $"ifNull({_byName[truth].Text}, '')"
                    : _classes.Sql($"ifNull({_byName[truth].Text}, '')")
            );
            add("value_number", $"ifNull({_byName[truth].LenientNumber}, nan)");
        }
    }

    private void AddFeatures(
        ModelDefinition model,
        IReadOnlyList<StagedColumn> features,
        Action<string, string> add,
        List<SqlParameter> parameters
    )
    {
        var wrong = new List<string>();
        foreach (var column in features)
        {
            var feature = model.FindFeature(column.Name)!;
            var value = feature.Type switch
            {
                FeatureType.Numeric => $"ifNull({column.Number}, nan)",
                FeatureType.Boolean => column.Boolean,
                _ => column.Text,
            };
            add(feature.Column, value);
            // A value of another type than the model's is kept raw, as in a prediction.
            var content = _contents[column.Index];
            var usable = feature.Type switch
            {
                FeatureType.Numeric => content.Numbers,
                FeatureType.Boolean => content.Booleans,
                _ => content.Present,
            };
            if (
                usable == content.Present
                || (feature.Type is (FeatureType.Numeric or FeatureType.Boolean) && usable + content.MissingWords == content.Present)
            )
            {
                continue;
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"wrong{wrong.Count}");
            parameters.Add(new(name, feature.Name));
            wrong.Add(
                $"({{{name}:String}}, if(isNotNull({column.Text}) AND NOT {column.IsMissingWord} AND "
                    + $"isNull({(feature.Type == FeatureType.Numeric ? column.Number : column.Boolean)}), toJSONString({column.Text}), ''))"
            );
        }
        if (wrong.Count > 0)
            add("raw", $"CAST(arrayFilter(pair -> pair.2 != '', [{string.Join(", ", wrong)}]) AS Map(LowCardinality(String), String))");
    }
}
