namespace Plumbline.Monitoring.References;

/// <summary>Which column of an uploaded reference is what; the names are those of the file.</summary>
/// <param name="Prediction">The model's answer: a class, or a number for a regression.</param>
/// <param name="Score">P(positive class) of a binary model, P(predicted class) of a multiclass model; 0..1.</param>
/// <param name="GroundTruth">What turned out to be true.</param>
/// <param name="Timestamp">When; RFC 3339, a date, or epoch milliseconds.</param>
/// <param name="Id">Prediction id.</param>
/// <param name="Version">Not a column: the model version that the whole reference was scored with.</param>
/// <param name="Features">Names of the feature columns; null for all columns that are nothing else.</param>
internal sealed record ReferenceColumns(
    string? Prediction,
    string? Score,
    string? GroundTruth,
    string? Timestamp,
    string? Id,
    string? Version,
    IReadOnlyList<string>? Features
)
{
    internal static ReferenceColumns Read(IQueryCollection query)
    {
        string? One(string name) => query.TryGetValue(name, out var values) && !string.IsNullOrEmpty(values[0]) ? values[0] : null;
        return new(
            One("prediction"),
            One("score"),
            One("ground_truth"),
            One("timestamp"),
            One("id"),
            One("version"),
            One("features")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        );
    }

    /// <summary>Role and column of everything that is not a feature.</summary>
    internal IEnumerable<(string Role, string Column)> Roles
    {
        get
        {
            if (Prediction is not null)
                yield return ("prediction", Prediction);
            if (Score is not null)
                yield return ("score", Score);
            if (GroundTruth is not null)
                yield return ("ground_truth", GroundTruth);
            if (Timestamp is not null)
                yield return ("timestamp", Timestamp);
            if (Id is not null)
                yield return ("id", Id);
        }
    }
}
