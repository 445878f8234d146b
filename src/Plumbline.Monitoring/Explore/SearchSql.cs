using System.Globalization;
using System.Text;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.Scores;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Explore;

/// <summary>
/// Turns a search into WHERE and ORDER BY. Every value is bound; columns come from <see cref="SearchField.Column"/>, which is ours.
/// </summary>
public sealed class SearchSql
{
    private readonly ModelDefinition _model;
    private readonly PredictionSearch _search;
    private readonly StringBuilder _where = new("1");
    private readonly List<SqlParameter> _parameters = [];

    public SearchSql(ModelDefinition model, PredictionSearch search)
    {
        (_model, _search) = (model, search);
        _parameters.AddRange(search.Scores?.Scores.SelectMany(score => score.Parameters) ?? []);
        if (search.From is { } from)
            And($"timestamp >= {Bind("DateTime64(3)", from)}");
        if (search.To is { } to)
            And($"timestamp < {Bind("DateTime64(3)", to)}");
        if (search.Version == VersionPlaces.Other && !model.VersionsApart.IsEmpty)
        {
            And($"{VersionTexts.Expression(model)} = {Bind("String", search.Version)}");
            _parameters.AddRange(VersionTexts.Parameters(model));
        }
        else if (search.Version is not null)
        {
            And($"version = {Bind("String", search.Version)}");
        }

        if (search.Status is not null)
            And($"status = {Bind("String", search.Status)}");
        if (search.Role is not null)
            And($"role = {Bind("String", search.Role)}");
        if (search.Class is not null)
            And($"prediction = {Bind("String", search.Class)}");
        foreach (var condition in search.Conditions)
            And(Condition(condition));
    }

    public string Where => _where.ToString();

    public IReadOnlyList<SqlParameter> Parameters => _parameters;

    /// <summary>The column that a page is sorted by.</summary>
    public string ColumnOf(SortField sort) =>
        sort switch
        {
            SortField.Timestamp => "timestamp",
            SortField.Score => "score",
            SortField.Confidence => "confidence",
            SortField.Entropy => "entropy",
            SortField.LatencyMs => "latency_ms",
            SortField.PredictionValue => "prediction_value",
            _ when SortFields.ScoreOf(sort) is { } score => ColumnOf(score),
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "Not a sort field."),
        };

    /// <summary>The expression of a score.</summary>
    public string ColumnOf(ScoreKind score) => $"({_search.Scores?.SqlOf(score) ?? "toFloat64(nan)"})";

    /// <summary>The column, or the expression, of a field.</summary>
    public string ColumnOf(SearchField field) => field.Score is { } score ? ColumnOf(score) : field.Column;

    /// <summary>The order; the id makes it total, so that a cursor points between two rows.</summary>
    public string OrderBy(SortField sort, bool descending)
    {
        var direction = descending ? "DESC" : "ASC";
        if (sort == SortField.Timestamp)
            return $"timestamp {direction}, id_hash {direction}, prediction_id {direction}";
        var column = ColumnOf(sort);
        return $"isNaN({column}), {column} {direction}, timestamp {direction}, id_hash {direction}, prediction_id {direction}";
    }

    /// <summary>Continues after a row.</summary>
    public void After(PageCursor cursor)
    {
        var beyond = cursor.Descending ? "<" : ">";
        var time = Bind("DateTime64(3)", DateTimeOffset.FromUnixTimeMilliseconds(cursor.TimestampMs));
        // Apart from the tuple: with the time alone the engine can skip whole ranges of its primary index.
        var row =
            $"(timestamp, id_hash, prediction_id) {beyond} ({time}, "
            + $"{Bind("UInt64", cursor.IdHash)}, {Bind("String", cursor.PredictionId)})";
        if (cursor.Sort == SortField.Timestamp)
        {
            And($"timestamp {beyond}= {time} AND {row}");
            return;
        }

        var column = ColumnOf(cursor.Sort);
        if (double.IsNaN(cursor.Value))
        {
            And($"isNaN({column}) AND {row}");
            return;
        }

        var value = Bind("Float64", cursor.Value);
        And($"(isNaN({column}) OR {column} {beyond} {value} OR ({column} = {value} AND {row}))");
    }

    private void And(string condition) => _where.Append(" AND ").Append(condition);

    private string Bind(string type, object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"p{_parameters.Count}");
        _parameters.Add(new SqlParameter(name, value));
        return $"{{{name}:{type}}}";
    }

    private string Condition(FilterCondition condition) =>
        condition.Field.Kind switch
        {
            FieldKind.GroundTruth => GroundTruth(condition),
            FieldKind.Correct => Correct(condition.Values[0] == "true"),
            _ => Column(condition),
        };

    private string Column(FilterCondition condition)
    {
        var column = ColumnOf(condition.Field);
        return condition.Operator switch
        {
            FilterOperator.Missing =>
                $"({Absent(condition.Field)}{(condition.Field.Feature is null ? "" : $" AND NOT {HasRaw(condition.Field)}")})",
            FilterOperator.Present => $"NOT ({Absent(condition.Field)})",
            FilterOperator.TypeError => HasRaw(condition.Field),
            FilterOperator.Contains => $"positionCaseInsensitiveUTF8(ifNull({column}, ''), {Bind("String", condition.Values[0])}) > 0",
            FilterOperator.In => $"ifNull({column} IN {BindList(condition)}, 0)",
            // A row without a value differs from every value, but nobody who writes "country ne FR" asks for the rows without a country.
            FilterOperator.NotEqual => $"(ifNull({column} != {BindOne(condition)}, 0) AND NOT ({Absent(condition.Field)}))",
            _ => $"ifNull({column} {Sign(condition.Operator)} {BindOne(condition)}, 0)",
        };
    }

    private string Absent(SearchField field) =>
        field switch
        {
            { Kind: FieldKind.Number } => $"isNaN({ColumnOf(field)})",
            { Feature: not null } => $"isNull({field.Column})",
            _ => $"{field.Column} = ''",
        };

    private string HasRaw(SearchField field) => $"mapContains(raw, {Bind("String", field.Feature!.Name)})";

    private string GroundTruth(FilterCondition condition)
    {
        var matched = ModelTables.Matched(_model.Id);
        var inner = condition.Operator switch
        {
            FilterOperator.Missing or FilterOperator.Present => "1",
            FilterOperator.In => $"{condition.Field.Column} IN {BindList(condition)}",
            _ => $"{condition.Field.Column} {Sign(condition.Operator)} {BindOne(condition)}",
        };
        var not = condition.Operator == FilterOperator.Missing ? "NOT " : "";
        return $"(id_hash, prediction_id) {not}IN (SELECT id_hash, prediction_id FROM {matched} WHERE {inner})";
    }

    private string Correct(bool wanted)
    {
        var matched = ModelTables.Matched(_model.Id);
        var right = $"(id_hash, prediction_id, prediction) IN (SELECT id_hash, prediction_id, value FROM {matched})";
        return wanted ? right : $"((id_hash, prediction_id) IN (SELECT id_hash, prediction_id FROM {matched}) AND NOT {right})";
    }

    private string BindOne(FilterCondition condition) =>
        IsNumber(condition.Field) ? Bind("Float64", double.Parse(condition.Values[0], CultureInfo.InvariantCulture))
        : condition.Field.Kind == FieldKind.Boolean ? Bind("Bool", condition.Values[0] == "true")
        : Bind("String", condition.Values[0]);

    private string BindList(FilterCondition condition) =>
        IsNumber(condition.Field)
            ? Bind("Array(Float64)", condition.Values.Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())
            : Bind("Array(String)", condition.Values.ToArray());

    private static bool IsNumber(SearchField field) => field.Kind == FieldKind.Number || field.Column == "value_number";

    private static string Sign(FilterOperator @operator) =>
        @operator switch
        {
            FilterOperator.Equal => "=",
            FilterOperator.NotEqual => "!=",
            FilterOperator.Less => "<",
            FilterOperator.LessOrEqual => "<=",
            FilterOperator.Greater => ">",
            FilterOperator.GreaterOrEqual => ">=",
            _ => throw new ArgumentOutOfRangeException(nameof(@operator), @operator, "Not a comparison."),
        };
}
