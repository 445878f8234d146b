using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Registry.Text;
using Plumbline.Registry.Web;

namespace Plumbline.Monitoring.Explore;

/// <summary>
/// A condition as it stands in a URL: <c>features.amount:gt:100</c>, <c>status:in:error,timeout</c>, <c>features.age:missing</c>.
/// A comma inside a value of <c>in</c> is written <c>\,</c>.
/// </summary>
public static class FilterText
{
    /// <summary>Characters of one value.</summary>
    public const int MaxValueLength = 1_024;

    /// <summary>Values of one <c>in</c>.</summary>
    public const int MaxValues = 100;

    private static readonly Dictionary<string, FilterOperator> Operators = new(StringComparer.Ordinal)
    {
        ["eq"] = FilterOperator.Equal,
        ["ne"] = FilterOperator.NotEqual,
        ["lt"] = FilterOperator.Less,
        ["le"] = FilterOperator.LessOrEqual,
        ["gt"] = FilterOperator.Greater,
        ["ge"] = FilterOperator.GreaterOrEqual,
        ["contains"] = FilterOperator.Contains,
        ["in"] = FilterOperator.In,
        ["missing"] = FilterOperator.Missing,
        ["present"] = FilterOperator.Present,
        ["type_error"] = FilterOperator.TypeError,
    };

    /// <summary>How the operator is written.</summary>
    public static string Write(FilterOperator @operator) => Operators.First(pair => pair.Value == @operator).Key;

    /// <summary>The text that reads back to the same condition.</summary>
    public static string Write(FilterCondition condition) =>
        condition.Operator switch
        {
            FilterOperator.Missing or FilterOperator.Present or FilterOperator.TypeError =>
                $"{condition.Field.Name}:{Write(condition.Operator)}",
            FilterOperator.In => $"{condition.Field.Name}:in:{string.Join(',', condition.Values.Select(Escape))}",
            _ => $"{condition.Field.Name}:{Write(condition.Operator)}:{condition.Values[0]}",
        };

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);

    /// <summary>Reads a condition; null with the reason when it cannot be used.</summary>
    public static FilterCondition? Read(string text, ModelDefinition model, out string reason)
    {
        // A feature's name may itself hold colons: the first place where both sides make sense counts.
        string? unknown = null;
        for (var colon = text.IndexOf(':', StringComparison.Ordinal); colon >= 0; colon = text.IndexOf(':', colon + 1))
        {
            var end = text.IndexOf(':', colon + 1);
            var word = end < 0 ? text[(colon + 1)..] : text[(colon + 1)..end];
            if (!Operators.TryGetValue(word, out var @operator))
                continue;
            if (SearchFields.Find(model, text[..colon]) is { } field)
                return Spelled(Check(field, @operator, end < 0 ? null : text[(end + 1)..], out reason), model);
            unknown ??= text[..colon];
        }

        reason = unknown is not null
            ? $"'{Problems.Shorten(unknown)}' is neither a feature of this model nor a field of a prediction."
            : $"'{Problems.Shorten(text)}' is not field:operator:value with an operator of {string.Join(", ", Operators.Keys)}.";
        return null;
    }

    /// <summary>Checks that the operator and the value make sense for the field.</summary>
    public static FilterCondition? Check(SearchField field, FilterOperator @operator, string? value, out string reason)
    {
        reason = "";
        var allowed = SearchFields.OperatorsOf(field);
        if (!allowed.Contains(@operator))
        {
            reason =
                $"'{Problems.Shorten(field.Name)}' is a {field.Kind.ToString().ToLowerInvariant()}; "
                + $"it takes {string.Join(", ", allowed.Select(Write))}.";
            return null;
        }

        if (@operator is FilterOperator.Missing or FilterOperator.Present or FilterOperator.TypeError)
        {
            if (value is null)
                return new FilterCondition(field, @operator, []);
            reason = $"'{Write(@operator)}' takes no value.";
            return null;
        }

        if (value is null)
        {
            reason = $"'{Write(@operator)}' needs a value: {Problems.Shorten(field.Name)}:{Write(@operator)}:..";
            return null;
        }

        var values = @operator == FilterOperator.In ? NameList.Split(value) : [value];
        if (values.Count is 0 or > MaxValues)
            reason = $"'in' takes 1 to {MaxValues} values.";
        foreach (var one in values)
            reason = WrongValue(field, one) ?? reason;
        return reason.Length > 0 ? null : new FilterCondition(field, @operator, values);
    }

    // Classes are stored under one text each; what is searched for may be spelt as a client sends it.
    private static FilterCondition? Spelled(FilterCondition? condition, ModelDefinition model) =>
        condition
            is {
                Field: { Feature: null, Column: "prediction" or "value", Kind: not FieldKind.Correct },
                Operator: FilterOperator.Equal or FilterOperator.NotEqual or FilterOperator.In
            }
            ? condition with
            {
                Values = [.. condition.Values.Select(model.ClassOf)],
            }
            : condition;

    private static string? WrongValue(SearchField field, string value) =>
        field.Kind switch
        {
            _ when value.Length > MaxValueLength => $"A value has at most {MaxValueLength} characters.",
            FieldKind.Number when !TryNumber(value) => $"'{Problems.Shorten(value)}' is not a number.",
            FieldKind.GroundTruth when field.Column == "value_number" && !TryNumber(value) =>
                $"'{Problems.Shorten(value)}' is not a number.",
            FieldKind.Boolean or FieldKind.Correct when value is not ("true" or "false") =>
                $"'{Problems.Shorten(value)}' is not true or false.",
            _ => null,
        };

    private static bool TryNumber(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number);
}
