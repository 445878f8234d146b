using System.Collections.Immutable;
using System.Globalization;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Profiles;

/// <summary>
/// Groups rows by every scope at once, in the engine: all rows, each value of each segment dimension, each watched slice, and each declared
/// cross of two. One pass over the rows, however many segments there are. Rows without a value of a dimension belong to none of its
/// segments.
/// </summary>
internal sealed class ScopeGrouping
{
    private readonly List<string> _columns = [];
    private readonly GroupingSets _sets;
    private readonly List<SqlParameter> _parameters = [];

    /// <param name="model">The model.</param>
    /// <param name="known">The values told apart of each dimension, in the order of the model's.</param>
    public ScopeGrouping(ModelDefinition model, IReadOnlyList<ImmutableArray<string>> known)
    {
        var texts = SegmentTexts.Expressions(model);
        for (var i = 0; i < texts.Count; i++)
        {
            var values = string.Create(CultureInfo.InvariantCulture, $"known{i}");
            // Before any profile nothing is known and all values are told apart, as everywhere.
            _columns.Add(
                known[i].IsEmpty
                    ? $"{texts[i]} AS s{i}"
                    : $"if(isNull({texts[i]}) OR has({{{values}:Array(String)}}, assumeNotNull({texts[i]})), {texts[i]}, "
                        + $"'{SegmentValues.Other}') AS s{i}"
            );
            if (!known[i].IsEmpty)
                _parameters.Add(new(values, known[i]));
            _parameters.Add(new(string.Create(CultureInfo.InvariantCulture, $"key{i}"), model.SegmentKeys[i]));
        }

        _sets = new GroupingSets(
            texts.Count,
            model.Crosses.Select(cross => (model.Segments.IndexOf(cross.First), model.Segments.IndexOf(cross.Second)))
        );
    }

    /// <summary>Select expressions <c>s0</c>, <c>s1</c> .. over a table with the model's columns, each with a leading comma.</summary>
    public string Columns => string.Concat(_columns.Select(column => ", " + column));

    /// <summary>The names of those, each with a leading comma.</summary>
    public string Names => string.Concat(_columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $", s{i}")));

    /// <summary>Expression of the scope's segment key; empty for all rows.</summary>
    public string Key => _sets.Choose(i => string.Create(CultureInfo.InvariantCulture, $"{{key{i}:String}}"));

    /// <summary>Expression of the scope's segment value; NULL for rows that belong to none.</summary>
    public string Value => _sets.Choose(GroupingSets.Column);

    /// <summary>The parameters of <see cref="Columns"/> and <see cref="Key"/>.</summary>
    public IReadOnlyList<SqlParameter> Parameters => _parameters;

    /// <summary>GROUP BY of every scope within the groups of <paramref name="leading"/>.</summary>
    public string GroupBy(string leading) => _sets.GroupBy(leading);
}
