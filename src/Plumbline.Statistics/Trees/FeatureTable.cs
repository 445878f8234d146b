namespace Plumbline.Statistics.Trees;

/// <summary>
/// Columns of features over the same rows. Numeric columns hold NaN for missing; categorical columns hold null for missing. Immutable:
/// adding a column gives a new table; the arrays are taken as they are, not copied.
/// </summary>
public sealed class FeatureTable
{
    private readonly List<FeatureValues> _columns = [];

    /// <summary>A table of <paramref name="rows"/> rows without columns yet.</summary>
    public FeatureTable(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Rows = rows;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int ColumnCount => _columns.Count;

    /// <summary>Names in order.</summary>
    public IReadOnlyList<string> Names => [.. _columns.Select(c => c.Name)];

    /// <summary>This table with a further numeric column; NaN = missing, infinities count as very large values.</summary>
    /// <exception cref="ArgumentException">Another length, or a name that is there already.</exception>
    public FeatureTable WithNumeric(string name, double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Add(new FeatureValues(name, values, null), values.Length);
    }

    /// <summary>This table with a further categorical column; null = missing.</summary>
    /// <exception cref="ArgumentException">Another length, or a name that is there already.</exception>
    public FeatureTable WithCategorical(string name, string?[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Add(new FeatureValues(name, null, values), values.Length);
    }

    internal FeatureValues this[int column] => _columns[column];

    /// <summary>
    /// The rows of this table, then those of <paramref name="other"/>, which must have the same columns in the same order.
    /// </summary>
    /// <exception cref="ArgumentException">The columns differ.</exception>
    public FeatureTable Append(FeatureTable other)
    {
        ArgumentNullException.ThrowIfNull(other);
        CheckSameColumns(other, nameof(other));
        var result = new FeatureTable(Rows + other.Rows);
        for (var c = 0; c < ColumnCount; c++)
        {
            result._columns.Add(
                _columns[c].Numeric is { } numbers
                    ? new FeatureValues(_columns[c].Name, [.. numbers, .. other._columns[c].Numeric!], null)
                    : new FeatureValues(_columns[c].Name, null, [.. _columns[c].Categorical!, .. other._columns[c].Categorical!])
            );
        }

        return result;
    }

    /// <summary>The given rows, in the given order.</summary>
    public FeatureTable Select(ReadOnlySpan<int> rows)
    {
        var result = new FeatureTable(rows.Length);
        foreach (var column in _columns)
        {
            var numbers = column.Numeric is null ? null : new double[rows.Length];
            var texts = column.Categorical is null ? null : new string?[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                if (numbers is not null)
                    numbers[i] = column.Numeric![rows[i]];
                else
                    texts![i] = column.Categorical![rows[i]];
            }

            result._columns.Add(new FeatureValues(column.Name, numbers, texts));
        }

        return result;
    }

    internal void CheckSameColumns(FeatureTable other, string name)
    {
        if (other.ColumnCount != ColumnCount)
            throw new ArgumentException($"{other.ColumnCount} columns where {ColumnCount} are expected.", name);
        for (var c = 0; c < ColumnCount; c++)
        {
            if (other._columns[c].Name != _columns[c].Name || (other._columns[c].Numeric is null) != (_columns[c].Numeric is null))
            {
                throw new ArgumentException(
                    $"Column {c} is '{other._columns[c].Name}', where '{_columns[c].Name}' of the same type is expected.",
                    name
                );
            }
        }
    }

    private FeatureTable Add(FeatureValues column, int length)
    {
        Require.SameLength(Rows, length, "values");
        if (_columns.Exists(c => c.Name == column.Name))
            throw new ArgumentException($"Column '{column.Name}' is there already.", nameof(column));
        var result = new FeatureTable(Rows);
        result._columns.AddRange(_columns);
        result._columns.Add(column);
        return result;
    }
}

/// <summary>One column: exactly one of the arrays is there.</summary>
internal sealed record FeatureValues(string Name, double[]? Numeric, string?[]? Categorical);
