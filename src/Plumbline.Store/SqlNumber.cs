using System.Globalization;

namespace Plumbline.Store;

/// <summary>Numbers of our own that stand in the text of a statement, where expressions are put together that bind other things.</summary>
public static class SqlNumber
{
    /// <summary>The number as Float64, to the last digit; not finite ones too.</summary>
    public static string Of(double value) => $"toFloat64('{value.ToString("R", CultureInfo.InvariantCulture)}')";
}
