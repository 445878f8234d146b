using System.Globalization;

namespace Plumbline.Store;

/// <summary>
/// How a feature is stored: numeric <c>Float64</c> (NaN = missing), categorical <c>LowCardinality(Nullable(String))</c>, boolean
/// <c>Nullable(Bool)</c>, text <c>Nullable(String)</c>.
/// </summary>
public enum ColumnType
{
    /// <summary>A number.</summary>
    Numeric,

    /// <summary>One of some values.</summary>
    Categorical,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Free text.</summary>
    Text,
}

/// <summary>The column <c>f{Ordinal}</c> of a feature.</summary>
/// <param name="Ordinal">The feature's number in its model, 0 and up; never reused.</param>
/// <param name="Type">Its type; a feature that gets another type gets another column.</param>
public sealed record FeatureColumn(int Ordinal, ColumnType Type)
{
    /// <summary>The column's name.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"f{Ordinal}");

    /// <summary>Expression of a row's value as <c>Nullable(String)</c>, NULL when it is missing.</summary>
    public string Text => Type == ColumnType.Numeric ? $"if(isNaN({Name}), NULL, toString({Name}))" : $"CAST({Name}, 'Nullable(String)')";

    /// <summary>Whether a column of a model's table is a feature's.</summary>
    public static bool IsOne(string column) => column is ['f', >= '0' and <= '9', ..];

    internal string EngineType =>
        Type switch
        {
            ColumnType.Numeric => "Float64",
            ColumnType.Categorical => "LowCardinality(Nullable(String))",
            ColumnType.Boolean => "Nullable(Bool)",
            ColumnType.Text => "Nullable(String)",
            _ => throw new ArgumentOutOfRangeException(nameof(Type), Type, "Not a column type."),
        };

    // Rows from before the column was there have no value: for a number that is NaN, not the engine's default 0.
    internal string Definition => Type == ColumnType.Numeric ? $"{Name} Float64 DEFAULT nan" : $"{Name} {EngineType}";
}
