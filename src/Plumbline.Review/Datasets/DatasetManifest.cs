using System.Security.Cryptography;
using System.Text.Json;
using Plumbline.Registry.Models;

namespace Plumbline.Review.Datasets;

/// <summary>The file beside the rows that says what they are.</summary>
internal static class DatasetManifest
{
    private static readonly JsonSerializerOptions Json = new(DatasetRecipe.Json) { WriteIndented = true };

    public static async Task WriteAsync(
        string folder,
        ModelDefinition model,
        DatasetVersion version,
        string contentHash,
        DatasetCard card,
        CancellationToken cancellation
    )
    {
        var files = new List<object>();
        foreach (var (split, rows) in card.Splits)
        {
            await using var file = File.OpenRead(Path.Combine(folder, split + ".parquet"));
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
            files.Add(
                new
                {
                    split,
                    path = split + ".parquet",
                    rows,
                    bytes = file.Length,
                    sha256 = hash,
                }
            );
        }

        await using var manifest = File.Create(Path.Combine(folder, "manifest.json"));
        await WriteAsync(manifest, model, version, (contentHash, card), files, cancellation);
    }

    /// <summary>Writes it anywhere.</summary>
    /// <param name="manifest">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="version">The version.</param>
    /// <param name="content">Hash of the rows, and what is said of them.</param>
    /// <param name="files">The files beside it.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Task WriteAsync(
        Stream manifest,
        ModelDefinition model,
        DatasetVersion version,
        (string Hash, DatasetCard Card) content,
        IReadOnlyList<object> files,
        CancellationToken cancellation
    ) =>
        JsonSerializer.SerializeAsync(
            manifest,
            new
            {
                model = model.Name,
                dataset = version.Name,
                version = version.Number,
                content_hash = content.Hash,
                created_at = version.CreatedAt,
                created_by = version.CreatedBy,
                recipe = version.Recipe,
                files,
                card = content.Card,
            },
            Json,
            cancellation
        );
}
