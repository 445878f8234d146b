using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Plumbline.Registry.State;
using Plumbline.Review;
using Plumbline.Review.Policies;
using Plumbline.Server.Cli.Configuration;

namespace Plumbline.Server.Tests.Review;

/// <summary>
/// Policies in the configuration file: read strictly, written as they are read, in force as others are and changed only there.
/// </summary>
public sealed class PolicyYamlTests(TestHost host) : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"plumbline-{Guid.NewGuid():N}.yaml");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_is_written_is_what_is_read()
    {
        var policy = new ReviewPolicy
        {
            Name = "no",
            PerDay = 7,
            QuotaBy = "prediction",
            Filter = ["features.note:eq:a \"b\"\\c", "features.country:eq:BR"],
            MaxAge = TimeSpan.FromHours(36),
            Guidelines = "First: look.\n\tThen # say {it}; \u0001 \u2028 ümlaut 😀",
            GoldShare = 0.25,
        };
        var read = Assert.Single(Read(PolicyYaml.Write("churn: \"x\"", policy)).Policies);
        Assert.Equal("churn: \"x\"", read.Model);
        Assert.Equal(Json(policy), Json(read.Policy!));
        Assert.Equal(Json(new ReviewPolicy { Name = "p" }), Json(Read(PolicyYaml.Write("m", new() { Name = "p" })).Policies[0].Policy!));
    }

    [Fact]
    public void What_is_wrong_is_said_with_its_line()
    {
        var mistakes = Mistakes(
            """
            review:
              policies:
                - model: churn
                  policy:
                    name: daily
                    per_day: 0
                    weights: { expected_error: 1, odity: 2 }
                - policy: { name: daily, uniform_share: 2 }
                - model: churn
                  policy: { name: daily }
            """
        );
        Assert.Equal(
            [
                (0, "review.policies[1].model"),
                (6, "review.policies[0].policy.per_day"),
                (7, "review.policies[0].policy.weights.odity"),
                (8, "review.policies[1].policy.uniform_share"),
                (10, "review.policies[2].policy.name"),
            ],
            mistakes.Select(one => (one.Path.EndsWith("].model", StringComparison.Ordinal) ? 0 : one.Line, one.Path)).Order()
        );
        Assert.Contains(mistakes, one => one.Message.Contains("oddity", StringComparison.Ordinal));

        var kinds = Mistakes(
            "review: { policies: [{ model: m, policy: { name: p, weights: { oddity: much }, max_age: long, perday: 1 } }] }"
        );
        Assert.Contains(kinds, one => one.Path == "review.policies[0].policy.weights.oddity" && one.Message == "'much' is not a number");
        Assert.Contains(kinds, one => one.Path == "review.policies[0].policy.max_age");
        Assert.Contains(kinds, one => one.Message.Contains("per_day", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_of_the_file_is_a_policy_like_others_and_goes_when_the_file_does_not_name_it_any_more()
    {
        var world = await ReviewWorld.CreateAsync(host);
        // The server has looked, and does so once: from here on the model is that of the stores below.
        Assert.Empty(await host.Get<PolicyStore>().ReadAsync(world.Model, Ct));
        var daily = new FilePolicy
        {
            Model = world.Name,
            Policy = new() { Name = "daily", PerDay = 5 },
        };
        var all = new FilePolicy
        {
            Model = "*",
            Policy = new() { Name = "daily", PerDay = 9 },
        };
        var unfit = new FilePolicy
        {
            Model = "*",
            Policy = new() { Name = "unfit", QuotaBy = "colour" },
        };
        using (var declared = StoreOf(all, daily, unfit))
        {
            var read = await declared.ReadAsync(world.Model, Ct);
            Assert.Equal([("daily", 5), ("unfit", 50)], read.Select(one => (one.Policy.Name, one.Policy.PerDay)));
            Assert.All(read, one => Assert.True(one.IsDeclared));
            Assert.Null(read[0].Problem);
            Assert.StartsWith("quota_by: prediction, or one of the model's segments: country", read[1].Problem, StringComparison.Ordinal);
            Assert.True(declared.IsDeclared(world.Model, "daily"));
            Assert.False(declared.IsDeclared(world.Model, "mine"));
            Assert.True(await declared.PutAsync(world.Model, new() { Name = "mine" }, "ann", Ct));
        }

        using (var changed = StoreOf(daily with { Policy = daily.Policy! with { PerDay = 6 } }))
        {
            // The same row: what it has drawn stays its own.
            var read = await changed.ReadAsync(world.Model, Ct);
            Assert.Equal(
                [("daily", 6, true), ("mine", 50, false)],
                read.Select(one => (one.Policy.Name, one.Policy.PerDay, one.IsDeclared))
            );
        }

        using var without = StoreOf();
        Assert.Equal(["mine"], (await without.ReadAsync(world.Model, Ct)).Select(one => one.Policy.Name));
    }

    [Fact]
    public async Task The_api_gives_a_policy_as_yaml()
    {
        var world = await ReviewWorld.CreateAsync(host);
        await world.SendAsync(HttpMethod.Put, "review/policies/daily", new { per_day = 3 });
        using var response = await host.Client.GetAsync(
            new Uri($"/v1/models/{world.Name}/review/policies/daily/yaml", UriKind.Relative),
            Ct
        );
        Assert.Equal("application/yaml", response.Content.Headers.ContentType!.MediaType);
        var read = Assert.Single(Read(await response.Content.ReadAsStringAsync(Ct)).Policies);
        Assert.Equal((world.Name, "daily", 3), (read.Model, read.Policy!.Name, read.Policy.PerDay));
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, "review/policies/none/yaml")).Status);
    }

    private PolicyStore StoreOf(params FilePolicy[] policies) =>
        new(host.Get<IDbContextFactory<StateDbContext>>(), new FilePolicies(policies), TimeProvider.System);

    private ReviewOptions Read(string yaml)
    {
        File.WriteAllText(_file, yaml);
        return ServerConfiguration.Read(_file).Review;
    }

    private IReadOnlyList<ConfigurationMistake> Mistakes(string yaml)
    {
        File.WriteAllText(_file, yaml);
        return Assert.Throws<ConfigurationException>(() => ServerConfiguration.Read(_file)).Mistakes;
    }

    private static string Json(ReviewPolicy policy) => JsonSerializer.Serialize(policy, ReviewPolicy.Json);
}
