using System.IO.Compression;
using System.Text.Json;
using Plumbline.Review.Datasets;
using Plumbline.Server.Tests.Outcomes.Sources;
using Plumbline.Store;

namespace Plumbline.Server.Tests.Review;

/// <summary>Versions of data sets on their way to others: a zipped layout, a folder, a real S3 server.</summary>
public sealed class DatasetDeliveryTests(TestHost host, S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_has_every_split_and_the_manifest()
    {
        var world = await BuiltAsync(61);

        var (status, body) = await world.SendAsync(HttpMethod.Post, "datasets/out/versions/1/export", new { to = "folder" });

        Assert.True(status == 200, body.ToString());
        var place = body.GetProperty("place").GetString()!;
        Assert.Equal(
            ["manifest.json", "test.parquet", "train.parquet", "validation.parquet"],
            Directory.EnumerateFiles(place).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(place, "manifest.json"), Ct)).RootElement;
        var version = await world.GetAsync("datasets/out/versions/1");
        Assert.Equal(version.GetProperty("content_hash").GetString(), manifest.GetProperty("content_hash").GetString());
        Assert.Equal(50, await CountAsync("file({place:String}, 'Parquet')", Path.Combine(place, "*.parquet")));
    }

    [Fact]
    public async Task A_bucket_has_every_split_and_the_manifest()
    {
        Assert.SkipWhen(s3.Missing is not null, s3.Missing ?? "");
        var world = await BuiltAsync(62);

        var (status, body) = await world.SendAsync(HttpMethod.Post, "datasets/out/versions/1/export", new { to = "lake" });

        Assert.True(status == 200, body.ToString());
        Assert.Equal($"s3://{SourcePlaces.Bucket}/datasets/{world.Name}/out/1/", body.GetProperty("place").GetString());
        var address = FormattableString.Invariant(
            $"http://127.0.0.1:{SourcePlaces.S3Port}/{SourcePlaces.Bucket}/datasets/{world.Name}/out/1/"
        );
        Assert.Equal(50, await CountAsync("s3({place:String}, 'S3RVER', 'S3RVER', 'Parquet')", address + "*.parquet"));
        Assert.Equal(1, await CountAsync("s3({place:String}, 'S3RVER', 'S3RVER', 'JSONAsString')", address + "manifest.json"));
    }

    [Fact]
    public async Task An_unknown_place_is_refused_with_those_that_there_are()
    {
        var world = await BuiltAsync(63);
        var (status, body) = await world.SendAsync(HttpMethod.Post, "datasets/out/versions/1/export", new { to = "elsewhere" });
        Assert.Equal((400, "unknown_destination"), (status, body.GetProperty("code").GetString()));
        Assert.Contains("folder, lake", body.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_Hugging_Face_layout_names_its_files_columns_and_rows()
    {
        var world = await BuiltAsync(64);
        var address = new Uri($"/v1/models/{world.Name}/datasets/out/versions/1/files/huggingface.zip", UriKind.Relative);
        await using var stream = await host.Client.GetStreamAsync(address, Ct);
        using var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, Ct);
        await using var zip = new ZipArchive(buffer, ZipArchiveMode.Read);
        Assert.Equal(
            [
                "README.md",
                "data/train-00000-of-00001.parquet",
                "data/validation-00000-of-00001.parquet",
                "data/test-00000-of-00001.parquet",
            ],
            zip.Entries.Select(entry => entry.FullName)
        );
        using var reader = new StreamReader(await zip.GetEntry("README.md")!.OpenAsync(Ct));
        var readme = await reader.ReadToEndAsync(Ct);
        Assert.StartsWith("---\nconfigs:\n  - config_name: default\n", readme, StringComparison.Ordinal);
        Assert.Contains("{split: train, path: \"data/train-00000-of-00001.parquet\"}", readme);
        Assert.Contains("{name: \"amount\", dtype: \"float64\"}", readme);
        Assert.Contains("{name: train, num_examples: 40}", readme);
    }

    private async Task<ReviewWorld> BuiltAsync(ulong seed)
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(50, seed, ReviewWorld.LastHour);
        await world.PostAsync(rows);
        await world.PostTruthAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        await world.SendAsync(HttpMethod.Put, "datasets/out", new { parts = new[] { new { kind = "labelled" } } });
        await host.Get<DatasetBuilding>().BuildAsync(world.Model, "out", "test", Ct);
        return world;
    }

    private async Task<long> CountAsync(string source, string place)
    {
        using var rows = await host.Get<IColumnStore>()
            .QueryFilesAsync(new SqlStatement($"SELECT count() FROM {source}", new SqlParameter("place", place)), Ct);
        Assert.True(rows.Read());
        return (long)rows.ReadUInt64();
    }
}
