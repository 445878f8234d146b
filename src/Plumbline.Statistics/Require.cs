using System.Runtime.CompilerServices;

namespace Plumbline.Statistics;

/// <summary>Checks of arguments: a broken one is the caller's error and is named.</summary>
internal static class Require
{
    public static void SameLength(int expected, int actual, string name)
    {
        if (expected != actual)
            throw new ArgumentException($"{actual} elements where {expected} are expected.", name);
    }

    public static void Finite(ReadOnlySpan<double> values, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"Element {i} is {values[i]}: only finite numbers are allowed (count missing and infinite values apart).",
                    name
                );
            }
        }
    }

    public static void OpenUnit(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value > 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, "Must lie strictly between 0 and 1.");
    }

    public static void Probability(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0 && value <= 1))
            throw new ArgumentOutOfRangeException(name, value, "Must lie between 0 and 1.");
    }

    public static void PositiveFinite(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, "Must be positive and finite.");
    }

    public static void Count(double count, int index, string name)
    {
        if (!(count >= 0 && double.IsFinite(count)))
            throw new ArgumentException($"Element {index} is {count}: a count is finite and not negative.", name);
    }
}
