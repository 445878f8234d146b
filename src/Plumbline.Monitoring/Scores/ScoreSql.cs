using System.Globalization;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// Binds the values of one score's expression. Placeholders carry the score's name, so that any number of scores fit into one statement
/// beside whatever else it binds.
/// </summary>
internal sealed class ScoreSql(string name)
{
    private readonly List<SqlParameter> _parameters = [];

    /// <summary>What was bound so far.</summary>
    public IReadOnlyList<SqlParameter> Parameters => _parameters;

    /// <summary>A placeholder for a value.</summary>
    public string Bind(string type, object value)
    {
        var parameter = string.Create(CultureInfo.InvariantCulture, $"score_{name}_{_parameters.Count}");
        _parameters.Add(new SqlParameter(parameter, value));
        return $"{{{parameter}:{type}}}";
    }

    /// <summary>A placeholder for numbers.</summary>
    public string Numbers(IEnumerable<double> values) => Bind("Array(Float64)", values.ToArray());

    /// <summary>
    /// An expression with a name for a part of it that it needs more than once: the engine takes as long to understand a text as the text
    /// is long, and what is repeated within what is repeated grows fast.
    /// </summary>
    public static string Let(string name, string value, string body) => $"arrayMap({name} -> {body}, [{value}])[1]";

    /// <summary>The step that a number has reached: the value of the largest of ascending places that is not above it.</summary>
    public string Step(string x, IEnumerable<double> places, IEnumerable<double> values)
    {
        // roundDown finds the place by binary search; transform turns it into its value.
        var at = Numbers(places);
        return $"transform(roundDown({x}, {at}), {at}, {Numbers(values)}, toFloat64(0))";
    }

    /// <summary>A curve at a number; NaN at NaN.</summary>
    public string At(Curve curve, string x)
    {
        double[] slopes =
        [
            .. curve.X.Select((at, i) => i + 1 < curve.X.Length ? (curve.Y[i + 1] - curve.Y[i]) / (curve.X[i + 1] - at) : 0),
        ];
        var within = $"greatest({SqlNumber.Of(curve.X[0])}, least({SqlNumber.Of(curve.X[^1])}, {x}))";
        return $"if(isNaN({x}), nan, {Step(within, curve.X, curve.Y)} + {Step(within, curve.X, slopes)} * ({within} "
            + $"- roundDown({within}, {Numbers(curve.X)})))";
    }
}
