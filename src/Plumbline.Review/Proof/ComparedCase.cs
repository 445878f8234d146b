using Plumbline.Store;

namespace Plumbline.Review.Proof;

/// <summary>A case that two versions answered, with what it is one of.</summary>
/// <param name="Before">1 for a right answer of the old version and 0 for a wrong one; of numbers, minus the absolute error.</param>
/// <param name="After">The same of the new version.</param>
/// <param name="Reason">Why it is in the data set; <c>live</c> for traffic.</param>
/// <param name="Label">What was right, as text; empty for numbers.</param>
/// <param name="Segments">Values of the model's segments, in their order; null where it has none.</param>
/// <param name="PredictionId">Of the old version's prediction.</param>
internal sealed record ComparedCase(
    double Before,
    double After,
    string Reason,
    string Label,
    IReadOnlyList<string?> Segments,
    string PredictionId
)
{
    /// <summary>Reads rows of id, before, after, reason, label and as many segments.</summary>
    public static IReadOnlyList<ComparedCase> Read(QueryRows rows, int segments)
    {
        List<ComparedCase> cases = [];
        while (rows.Read())
        {
            var (id, before, after) = (rows.ReadString(), rows.ReadDouble(), rows.ReadDouble());
            var (reason, label) = (rows.ReadString(), rows.ReadString());
            var values = new string?[segments];
            for (var i = 0; i < segments; i++)
                values[i] = rows.ReadNullableString();
            cases.Add(new ComparedCase(before, after, reason, label, values, id));
        }

        return cases;
    }
}
