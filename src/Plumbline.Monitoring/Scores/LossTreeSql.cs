using System.Globalization;
using System.Text;
using Plumbline.Statistics.Trees;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>Writes <see cref="LossTrees"/> as an expression.</summary>
internal static class LossTreeSql
{
    /// <summary>The expected error of a prediction, Float64; NaN where nothing was answered.</summary>
    public static string Of(LossTrees losses, ScoreSql sql)
    {
        // The columns have short names inside a function of them: trees speak of each many times.
        var names = string.Join(", ", losses.Columns.Select((_, i) => Name(i)));
        var values = string.Join(", ", losses.Columns.Select((column, i) => $"[{Column(column, losses.Trees.Columns[i], sql)}]"));
        var text = new StringBuilder($"if(isFinite(prediction_value), arrayMap(({names}) -> greatest(0., {Number(losses.Trees.Start)}");
        foreach (var tree in losses.Trees.Trees)
        {
            text.Append(" + ");
            Write(tree, text);
        }

        return text.Append(CultureInfo.InvariantCulture, $"), {values})[1], nan)").ToString();
    }

    private static string Column(string column, TreeColumn of, ScoreSql sql)
    {
        if (of.Categories is null)
            return $"if(isFinite({column}), {column}, nan)";
        var known = of.Categories.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        return known.Count == 0
            ? $"if(isNull({column}), nan, {Number(of.Unknown)})"
            : $"if(isNull({column}), nan, transform(assumeNotNull({column}), "
                + $"{sql.Bind("Array(String)", known.Select(pair => pair.Key).ToArray())}, "
                + $"{sql.Numbers(known.Select(pair => pair.Value))}, {SqlNumber.Of(of.Unknown)}))";
    }

    private static void Write(TreeNode node, StringBuilder text)
    {
        if (node.Split is not { } split)
        {
            text.Append(Number(node.Value));
            return;
        }

        // What is missing is NaN, which is neither below anything nor not below it.
        var (name, below) = (Name(split.Column), Number(split.Below));
        text.Append(split.MissingIsLow ? $"if(NOT {name} >= {below}, " : $"if({name} < {below}, ");
        Write(split.Low, text);
        text.Append(", ");
        Write(split.High, text);
        text.Append(')');
    }

    private static string Name(int column) => string.Create(CultureInfo.InvariantCulture, $"x{column}");

    // A literal that is a Float64: several hundred of them are no calls of a function each.
    private static string Number(double value)
    {
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".";
    }
}
