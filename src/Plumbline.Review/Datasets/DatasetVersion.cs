using System.Text.Json;

namespace Plumbline.Review.Datasets;

/// <summary>A data set with what is known of it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Of its model.</param>
/// <param name="Recipe">What the next version is made by.</param>
/// <param name="UpdatedAt">When that was declared.</param>
/// <param name="UpdatedBy">By whom.</param>
public sealed record StoredDataset(int Id, string Name, DatasetRecipe Recipe, DateTimeOffset UpdatedAt, string UpdatedBy)
{
    internal static StoredDataset Of(DatasetRow row) =>
        new(
            row.Id,
            row.Name,
            JsonSerializer.Deserialize<DatasetRecipe>(row.Recipe, DatasetRecipe.Json)!,
            DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAtMs),
            row.UpdatedBy
        );
}

/// <summary>A version of a data set. One that is ready never changes.</summary>
/// <param name="DatasetId">Number of its data set.</param>
/// <param name="Name">Name of its data set.</param>
/// <param name="Number">1, 2, .. per data set.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it failed; empty otherwise.</param>
/// <param name="ContentHash">SHA-256 of the rows' content in hexadecimal: equal rows have an equal one; empty until it is ready.</param>
/// <param name="Rows">Rows of all splits.</param>
/// <param name="Labelled">Rows with a label.</param>
/// <param name="Card">What is in it; null until it is ready.</param>
/// <param name="Recipe">What it was made by.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="CreatedBy">By whom.</param>
public sealed record DatasetVersion(
    int DatasetId,
    string Name,
    int Number,
    DatasetState State,
    string Reason,
    string ContentHash,
    long Rows,
    long Labelled,
    DatasetCard? Card,
    DatasetRecipe Recipe,
    DateTimeOffset CreatedAt,
    string CreatedBy
)
{
    internal static DatasetVersion Of(DatasetVersionRow row, string name) =>
        new(
            row.DatasetId,
            name,
            row.Number,
            (DatasetState)row.State,
            row.Reason,
            row.ContentHash,
            row.Rows,
            row.Labelled,
            row.Card.Length == 0 ? null : JsonSerializer.Deserialize<DatasetCard>(row.Card, DatasetRecipe.Json),
            JsonSerializer.Deserialize<DatasetRecipe>(row.Recipe, DatasetRecipe.Json)!,
            DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
            row.CreatedBy
        );
}
