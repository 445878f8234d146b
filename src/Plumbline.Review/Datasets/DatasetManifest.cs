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
        await JsonSerializer.SerializeAsync(
            manifest,
            new
            {
                model = model.Name,
                dataset = version.Name,
                version = version.Number,
                content_hash = contentHash,
                created_at = version.CreatedAt,
                created_by = version.CreatedBy,
                recipe = version.Recipe,
                files,
                card,
            },
            Json,
            cancellation
        );
    }
}
