using System.Text.Json;
using Plumbline.Monitoring.Segments.ColdSpots;
using Plumbline.Review.Drawing;
using Plumbline.Review.Policies;

namespace Plumbline.Server.Tests.Review;

/// <summary>What a policy chooses, how likely, and that it is that likely.</summary>
public sealed class PolicyDrawTests(TestHost host)
{
    private static readonly DateTimeOffset From = ReviewWorld.LastHour;
    private static readonly DateTimeOffset To = From.AddHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_are_drawn_as_the_budget_says_and_their_probabilities_speak_for_all()
    {
        var world = await FilledAsync(6_000, 11);
        var policy = new ReviewPolicy { PerDay = 24 * 600 };
        var draws = new List<Draw>();
        for (var seed = 1; seed <= 30; seed++)
            draws.Add(await DrawAsync(world, policy, seed));
        Assert.All(draws, draw => Assert.Equal(6_000, draw.Population));
        Assert.All(draws, draw => Assert.Equal(600, draw.Expected, 6.0));
        // Independent draws: the mean number is within noise of what was expected.
        Assert.Equal(600, draws.Average(draw => draw.Rows.Count), 4 * Math.Sqrt(600 / 30.0));
        Assert.All(draws.SelectMany(draw => draw.Rows), row => Assert.InRange(row.Probability, 120 / 6_000.0 - 1e-9, 1));
        // The sum of 1 / probability counts the population without bias.
        Assert.Equal(6_000, draws.Average(draw => draw.Rows.Sum(row => 1 / row.Probability)), 250.0);
        // What is wrong is found far more often than by chance, and weighted it is as frequent as in all rows.
        var right = world.Traffic.ToDictionary(row => row.Id, row => row.IsRight);
        var wrong = world.Traffic.Count(row => !row.IsRight) / 6_000.0;
        var found = draws.Average(draw => draw.Rows.Count(row => !right[row.PredictionId]) / (double)draw.Rows.Count);
        Assert.True(found > 2 * wrong, $"{found} of the drawn are wrong, {wrong} of all.");
        var weighted = draws.Average(draw =>
            draw.Rows.Sum(row => right[row.PredictionId] ? 0 : 1 / row.Probability) / draw.Rows.Sum(row => 1 / row.Probability)
        );
        Assert.Equal(wrong, weighted, 0.012);
        // The same policy chooses the same; another number other ones.
        Assert.Equal(draws[0].Rows, (await DrawAsync(world, policy, 1)).Rows);
        Assert.NotEqual(draws[0].Rows.Select(row => row.PredictionId), draws[1].Rows.Select(row => row.PredictionId));
    }

    [Fact]
    public async Task Cold_spots_have_their_share_and_probabilities_still_speak_for_all()
    {
        var world = await ReviewWorld.CreateAsync(host);
        // One country went wrong an hour before; its ground truth has come.
        IReadOnlyList<ReviewWorld.Row> before =
        [
            .. ReviewWorld
                .Rows(3_000, 21, From.AddHours(-1))
                .Select(row => row.Country == "BR" ? row with { Truth = row.Answer == "1" ? "0" : "1" } : row),
        ];
        await world.PostAsync(before);
        await world.PostTruthAsync(before);
        var rows = ReviewWorld.Rows(6_000, 22, From);
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var policy = new ReviewPolicy { PerDay = 24 * 600, ColdSpotShare = 0.5 };
        var brazil = rows.Where(row => row.Country == "BR").Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        var without = await DrawAsync(world.Model, policy, 1);
        var jobs = host.Get<ColdSpotJobs>();
        jobs.Start(world.Model, new ColdSpotRequest(ColdSpotLoss.Error));
        await jobs.WaitAsync(world.Model, TimeSpan.FromMinutes(1), Ct);
        var found = (await host.Get<ColdSpotReader>().ReadAsync(world.Model, Ct)).Result!.ColdSpots;
        Assert.Equal("country = BR", Assert.Single(found).Text);
        var draws = new List<Draw>();
        for (var seed = 1; seed <= 20; seed++)
            draws.Add(await DrawAsync(world.Model, policy, seed));
        Assert.All(draws, draw => Assert.Equal(600, draw.Expected, 6.0));
        Assert.Equal(600, draws.Average(draw => draw.Rows.Count), 4 * Math.Sqrt(600 / 20.0));
        // Of the four fifths that are not drawn from all alike half are from there, and its part of the rest.
        var (small, large) = (without.Rows.Count(IsBrazil), draws.Average(draw => draw.Rows.Count(IsBrazil)));
        Assert.Equal(240 + (600 - 240) * brazil.Count / 6_000.0, large, 40.0);
        Assert.True(large > 1.8 * small, $"{large} rows of the cold spot are drawn, {small} without.");
        Assert.Equal(6_000, draws.Average(draw => draw.Rows.Sum(row => 1 / row.Probability)), 300.0);
        Assert.Equal(brazil.Count, draws.Average(draw => draw.Rows.Where(IsBrazil).Sum(row => 1 / row.Probability)), 60.0);
        // More wanted than there is: every one of them for certain, and no probability above 1.
        var all = await DrawAsync(world.Model, policy with { PerDay = 24 * 5_900, ColdSpotShare = 1 }, 1);
        Assert.Equal(brazil.Count, all.Rows.Count(IsBrazil));
        Assert.All(all.Rows, row => Assert.InRange(row.Probability, 0, 1 + 1e-9));
        Assert.Equal(all.Rows.Count, all.Expected, 4 * Math.Sqrt(1_500.0));

        bool IsBrazil(DrawnRow row) => brazil.Contains(row.PredictionId);
    }

    [Fact]
    public async Task Of_copies_one_is_chosen_by_score_and_no_value_has_more_than_its_quota()
    {
        var world = await ReviewWorld.CreateAsync(host);
        var rows = ReviewWorld.Rows(1_000, 12, From).ToList();
        // Fifty copies of one oddity, of which only a number in the text differs.
        for (var i = 0; i < 50; i++)
            rows[i] = rows[i] with { Amount = 7_777, Country = "XX", Note = $"order {i} is broken", Score = 0.5 };
        await world.PostAsync(rows);
        await host.WaitUntilComputedAsync(world.Name);
        var policy = new ReviewPolicy { PerDay = 24 * 100, UniformShare = 0 };
        var diverse = await DrawAsync(world.Model, policy, 1);
        Assert.Single(diverse.Rows, row => IsCopy(row.PredictionId));
        var plain = await DrawAsync(world.Model, policy with { Diverse = false }, 1);
        Assert.True(plain.Rows.Count(row => IsCopy(row.PredictionId)) > 20);
        var quota = await DrawAsync(world.Model, policy with { QuotaBy = "country", QuotaShare = 0.4, Sharpness = 2 }, 1);
        var countries = rows.ToDictionary(row => row.Id, row => row.Country);
        var french = quota.Rows.Count(row => countries[row.PredictionId] == "FR");
        // Half of the traffic is from there; forty were its share on average.
        Assert.InRange(french, 20, 60);
        Assert.Equal(100, quota.Expected, 2.0);

        bool IsCopy(string id) => rows.FindIndex(row => row.Id == id) < 50;
    }

    [Fact]
    public async Task A_filter_a_policy_by_chance_alone_and_known_ground_truth()
    {
        var world = await FilledAsync(500, 13);
        var brazil = await DrawAsync(world, new ReviewPolicy { PerDay = 24 * 1_000, Filter = ["country:eq:BR"] }, 1);
        var expected = world.Traffic.Count(row => row.Country == "BR");
        // More than there are: every one is chosen, for certain.
        Assert.Equal(expected, brazil.Population);
        Assert.Equal(expected, brazil.Rows.Count(row => row.ByScore > 0.999999 || row.ByChance > 0.999999 || row.IsByScore));
        var chance = await DrawAsync(world, new ReviewPolicy { PerDay = 24 * 100, UniformShare = 1 }, 1);
        Assert.All(chance.Rows, row => Assert.Equal(0.2, row.Probability, 1e-9));
        await world.PostTruthAsync(world.Traffic.Take(200));
        await host.WaitUntilComputedAsync(world.Name);
        Assert.Equal(300, (await DrawAsync(world, new ReviewPolicy { PerDay = 24 * 100 }, 1)).Population);
        Assert.Equal(500, (await DrawAsync(world, new ReviewPolicy { PerDay = 24 * 100, OnlyUnlabelled = false }, 1)).Population);
    }

    [Fact]
    public async Task A_preview_says_how_much_of_it_turned_out_wrong()
    {
        var world = await FilledAsync(3_000, 14);
        await world.PostTruthAsync(world.Traffic);
        await host.WaitUntilComputedAsync(world.Name);
        var (status, body) = await world.SendAsync(HttpMethod.Put, "review/policies/errors", new { per_day = 24 * 150 });
        Assert.True(status == 200, body.ToString());
        var preview = await world.GetAsync(
            $"review/policies/errors/preview?from={From:O}&to={To:O}".Replace("+", "%2B", StringComparison.Ordinal)
        );
        Assert.Equal(3_000, preview.GetProperty("population_labelled").GetInt64());
        Assert.Equal(world.Traffic.Count(row => !row.IsRight), preview.GetProperty("population_wrong").GetInt64());
        Assert.Equal(preview.GetProperty("drawn").GetInt32(), preview.GetProperty("labelled").GetInt32());
        Assert.True(preview.GetProperty("lift").GetDouble() > 2, preview.ToString());
        // A preview makes no tasks.
        Assert.Equal(0, (await world.GetAsync("review/tasks")).GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public async Task What_was_drawn_by_hand_is_left_out_by_the_policy_and_the_rest_of_it_is_not()
    {
        var world = await FilledAsync(600, 15);
        await world.SendAsync(HttpMethod.Put, "review/policies/p", new { enabled = false, per_day = 100 });
        var (from, to) = (From.AddMinutes(20), From.AddMinutes(40));
        var stretch = $"from={from:O}&to={to:O}".Replace("+", "%2B", StringComparison.Ordinal);
        Assert.Equal(204, (await world.SendAsync(HttpMethod.Post, $"review/policies/p/draw?{stretch}", null)).Status);
        var stored = (await host.Get<PolicyStore>().FindAsync(world.World.Model, "p", Ct))!;
        Assert.True(await host.Get<DrawPass>().CatchUpAsync(world.World.Model, stored, Ct));
        var estimates = await world.GetAsync("review/estimates");
        Assert.Equal(600, estimates.GetProperty("policies")[0].GetProperty("population").GetInt64());
        var after = (await host.Get<PolicyStore>().FindAsync(world.World.Model, "p", Ct))!;
        Assert.True(after.DrawnTo >= To, $"Drawn to {after.DrawnTo}.");
        Assert.Equal(409, (await world.SendAsync(HttpMethod.Post, $"review/policies/p/draw?{stretch}", null)).Status);
    }

    [Theory]
    [InlineData("""{"weights":{"charm":1}}""", "weights.charm")]
    [InlineData("""{"weights":{"oddity":0},"uniform_share":0.5}""", "weights")]
    [InlineData("""{"weights":{"oddity":-1}}""", "weights.oddity")]
    [InlineData("""{"per_day":0}""", "per_day")]
    [InlineData("""{"uniform_share":1.5}""", "uniform_share")]
    [InlineData("""{"cold_spot_share":-0.1}""", "cold_spot_share")]
    [InlineData("""{"sharpness":21}""", "sharpness")]
    [InlineData("""{"quota_by":"amount"}""", "quota_by")]
    [InlineData("""{"quota_share":0}""", "quota_share")]
    [InlineData("""{"filter":["nothing:eq:1"]}""", "filter[0]")]
    [InlineData("""{"max_age":"5m"}""", "max_age")]
    [InlineData("""{"annotators":10}""", "annotators")]
    [InlineData("""{"gold_share":0.9}""", "gold_share")]
    public async Task What_is_wrong_with_a_policy_is_said_by_field(string policy, string field)
    {
        var world = await ReviewWorld.CreateAsync(host);
        var (status, body) = await world.SendAsync(HttpMethod.Put, "review/policies/p", JsonDocument.Parse(policy).RootElement);
        Assert.Equal(400, status);
        Assert.Contains(field, body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()));
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Put, "review/policies/a%20b", new { })).Status);
        Assert.Equal(400, (await world.SendAsync(HttpMethod.Put, "review/policies/p", new { charm = 1 })).Status);
    }

    private sealed record Filled(ReviewWorld World, IReadOnlyList<ReviewWorld.Row> Traffic)
    {
        public string Name => World.Name;

        public Task PostTruthAsync(IEnumerable<ReviewWorld.Row> rows) => World.PostTruthAsync(rows);

        public Task<JsonElement> GetAsync(string path) => World.GetAsync(path);

        public Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body) =>
            World.SendAsync(method, path, body);
    }

    private async Task<Filled> FilledAsync(int rows, ulong seed)
    {
        var world = await ReviewWorld.CreateAsync(host);
        var traffic = ReviewWorld.Rows(rows, seed, From);
        await world.PostAsync(traffic);
        await host.WaitUntilComputedAsync(world.Name);
        return new Filled(world, traffic);
    }

    private Task<Draw> DrawAsync(Filled world, ReviewPolicy policy, int seed) => DrawAsync(world.World.Model, policy, seed);

    private Task<Draw> DrawAsync(Registry.Models.ModelDefinition model, ReviewPolicy policy, int seed) =>
        host.Get<PolicyDraw>().DrawAsync(model, (seed, policy with { Name = "p" }), From, To, Ct);
}
