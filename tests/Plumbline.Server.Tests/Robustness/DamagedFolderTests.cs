using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Plumbline.Server.Tests.Robustness;

/// <summary>
/// Whatever of a data folder is removed, cut, overwritten or put back from elsewhere: the real process says which part, what is lost and
/// what to do.
/// </summary>
public sealed class DamagedFolderTests(DamagedFolders folders) : IClassFixture<DamagedFolders>
{
    [Fact]
    public async Task A_healthy_folder_starts_and_is_found_well()
    {
        var folder = folders.Fresh();
        var said = await DamagedFolders.ServeAsync(
            folder,
            async http => Assert.Equal(DamagedFolders.Predictions + 100, await StoredAsync(http, "first"))
        );
        Assert.DoesNotContain("Integrity", said, StringComparison.Ordinal);
        var (code, report) = await DamagedFolders.RunAsync("check", "--data", folder);
        Assert.Equal(0, code);
        Assert.Contains("model 'second': predictions 500 counted, 500 in the engine", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state.db", "removed", "is missing")]
    [InlineData("state.db", "truncated", "is damaged")]
    [InlineData("state.db", "emptied", "is missing")]
    [InlineData("state.db", "overwritten", "is damaged")]
    [InlineData("state.db", "swapped", "does not belong here")]
    [InlineData("state.db", "put back", "is older than the other parts")]
    [InlineData("spool.db", "removed", "is missing")]
    [InlineData("spool.db", "truncated", "is damaged")]
    [InlineData("spool.db", "emptied", "is missing")]
    [InlineData("spool.db", "overwritten", "is damaged")]
    [InlineData("spool.db", "swapped", "does not belong here")]
    [InlineData("spool.db", "put back", "is older than the other parts")]
    [InlineData("engine", "removed", "is missing")]
    [InlineData("engine", "emptied", "is missing")]
    [InlineData("engine", "overwritten", "predictions_1.sql")]
    [InlineData("engine", "swapped", "does not belong here")]
    [InlineData("engine", "put back", "is older than the other parts")]
    public async Task A_start_refuses_a_part_that_does_not_fit_and_goes_on_when_its_loss_is_accepted(
        string part,
        string damage,
        string told
    )
    {
        var folder = folders.Fresh();
        Damage(folder, part, damage);

        var (code, said) = await DamagedFolders.RunAsync("serve", "--data", folder, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains(part, said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.Contains("--accept-loss", said, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected error", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);

        // The rest is one for all that cannot be read.
        if (damage is "truncated" or "emptied")
            return;
        await DamagedFolders.RunAsync("check", "--data", folder, "--accept-loss");
        await DamagedFolders.ServeAsync(folder, http => SeesNothingOfOthersAsync(http, part, damage));
    }

    [Fact]
    public async Task A_check_finds_a_part_that_does_not_fit_and_changes_nothing()
    {
        var folder = folders.Fresh();
        Damage(folder, "state.db", "swapped");
        for (var look = 0; look < 2; look++)
        {
            var (code, report) = await DamagedFolders.RunAsync("check", "--data", folder, "--repair");
            Assert.Equal(1, code);
            Assert.Contains("state.db does not belong here", report, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Three_parts_of_different_folders_are_nobodys()
    {
        var folder = folders.Fresh();
        DamagedFolders.Swap(folder, "state.db", folders.Other);
        DamagedFolders.Remove(folder, "spool.db");
        var (code, said) = await DamagedFolders.RunAsync("serve", "--data", folder, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("does not belong here", said, StringComparison.Ordinal);
        Assert.Contains("spool.db is missing", said, StringComparison.Ordinal);
        (code, said) = await DamagedFolders.RunAsync("check", "--data", folder, "--accept-loss");
        Assert.Equal(1, code);
        Assert.Contains("No two parts", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("truncated")]
    public async Task Rows_that_are_gone_are_told_and_no_longer_counted(string damage)
    {
        var folder = folders.Fresh();
        var part = Directory.GetDirectories(DamagedFolders.PredictionsOf(folder, 1), "2*").Single();
        if (damage == "removed")
            Directory.Delete(part, recursive: true);
        else
            File.WriteAllBytes(Path.Combine(part, "data.bin"), []);

        var said = await DamagedFolders.ServeAsync(
            folder,
            async http =>
            {
                Assert.Equal(100, await StoredAsync(http, "first"));
                Assert.Equal(DamagedFolders.Predictions + 100, await StoredAsync(http, "second"));
            }
        );
        Assert.Contains(
            "500 predictions of model 'first' are lost: 500 were stored, 0 are in the engine (table predictions_1).",
            said,
            StringComparison.Ordinal
        );
        if (damage == "truncated")
            Assert.Contains("detached/broken-on-start", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overwritten_rows_are_named_by_a_check_and_answered_in_words()
    {
        var folder = folders.Fresh();
        var part = Directory.GetDirectories(DamagedFolders.PredictionsOf(folder, 1), "2*").Single();
        DamagedFolders.Overwrite(Path.Combine(part, "data.bin"), 100, 300);

        var said = await DamagedFolders.ServeAsync(
            folder,
            async http =>
            {
                using var answer = await http.GetAsync("/v1/models/first/predictions?limit=10");
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Equal("storage_damaged", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            }
        );
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        var (code, report) = await DamagedFolders.RunAsync("check", "--data", folder);
        Assert.Equal(1, code);
        Assert.Contains(
            $"The data part {Path.GetFileName(part)} of the predictions of model 'first' (table predictions_1) is damaged",
            report,
            StringComparison.Ordinal
        );

        (code, report) = await DamagedFolders.RunAsync("check", "--data", folder, "--accept-loss");
        Assert.Equal(0, code);
        Assert.Contains("500 predictions of model 'first' are lost", report, StringComparison.Ordinal);
        await DamagedFolders.ServeAsync(folder, async http => Assert.Equal(100, await StoredAsync(http, "first")));
    }

    [Fact]
    public async Task A_check_says_so_when_there_is_nothing_to_look_at()
    {
        var (code, said) = await DamagedFolders.RunAsync(
            "check",
            "--data",
            Path.Combine(Path.GetTempPath(), $"plumbline-none-{Guid.NewGuid():N}")
        );
        Assert.Equal(1, code);
        Assert.Contains("holds no data of Plumbline", said, StringComparison.Ordinal);
    }

    private void Damage(string folder, string part, string damage)
    {
        var path = Path.Combine(folder, part);
        switch (damage)
        {
            case "removed":
                DamagedFolders.Remove(folder, part);
                break;
            case "emptied" when part == "engine":
                Directory.Delete(Path.Combine(path, "store"), recursive: true);
                break;
            case "emptied":
                DamagedFolders.Remove(folder, part);
                File.WriteAllBytes(path, []);
                break;
            case "truncated":
                using (var file = new FileStream(path, FileMode.Open))
                    file.SetLength(file.Length / 2);
                File.Delete(path + "-wal");
                break;
            case "overwritten" when part == "engine":
                DamagedFolders.Overwrite(Path.Combine(path, "metadata", "default", "predictions_1.sql"), 0, 200);
                break;
            case "overwritten":
                File.Delete(path + "-wal");
                DamagedFolders.Overwrite(path, (int)new FileInfo(path).Length / 2, 20_000);
                break;
            case "swapped":
                DamagedFolders.Swap(folder, part, folders.Other);
                break;
            default:
                DamagedFolders.Swap(folder, part, folders.Earlier);
                break;
        }
    }

    // A new model is empty, and one that is there shows what is its own.
    private static async Task SeesNothingOfOthersAsync(HttpClient http, string part, string damage)
    {
        using (var created = await http.PutAsJsonAsync("/v1/models/brand-new", new { task = "binary" }))
            created.EnsureSuccessStatusCode();
        Assert.Equal(0, await StoredAsync(http, "brand-new"));
        Assert.Empty(
            (await http.GetFromJsonAsync<JsonElement>("/v1/models/brand-new/predictions?limit=10"))
                .GetProperty("predictions")
                .EnumerateArray()
        );
        var rows = new[] { new { prediction_id = "n", prediction = "1" } };
        using (var posted = await http.PostAsJsonAsync("/v1/models/brand-new/predictions", rows))
            posted.EnsureSuccessStatusCode();
        if (part == "state.db" && damage != "put back")
            return;
        long expected =
            part != "engine" || damage == "put back" ? DamagedFolders.Predictions + 100
            : damage == "overwritten" ? 100
            : 0;
        Assert.Equal(expected, await StoredAsync(http, "first"));
    }

    private static async Task<long> StoredAsync(HttpClient http, string model) =>
        (await http.GetFromJsonAsync<JsonElement>($"/v1/models/{model}/progress")).GetProperty("stored").GetInt64();
}
