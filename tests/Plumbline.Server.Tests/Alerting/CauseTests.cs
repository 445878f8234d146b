using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Plumbline.Server.Tests.Alerting;

/// <summary>Which cause is named first when several things move.</summary>
public sealed class CauseTests(TestHost host)
{
    private const int Week = 7 * 24;

    // Names of their own: the host is shared, and what drifts in several models at one time is one incident.
    private static readonly object Model = new
    {
        task = "binary",
        positive_class = "1",
        classes = new[] { "0", "1" },
        label_delay = "1h",
        features = new
        {
            years = new { type = "numeric" },
            months = new { type = "numeric" },
            chance = new { type = "numeric" },
        },
    };

    [Fact]
    public async Task Ground_truth_that_is_late_is_named_and_is_no_change_of_the_relationship()
    {
        var world = await AlertingWorld.CreateAsync(host, 61, Model);
        await world
            .Rows(2 * Week)
            .Series("performance.labelled_in_time", 2 * Week, before => before <= 30 ? 0.1 : 0.97, noise: 0.004)
            .Series("performance.accuracy", 2 * Week, before => before <= 30 ? 0.7 : 0.9)
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync()).Incident;
        Assert.Equal("late_ground_truth", incident.Summary.Causes[0].Kind);
        Assert.DoesNotContain("concept_change", incident.Summary.Causes.Select(cause => cause.Kind));
        Assert.Contains("ground truth is late", incident.Headline, StringComparison.Ordinal);
        Assert.Equal(world.HoursBeforeEnd(30), incident.Onset);
    }

    [Theory]
    [InlineData("years", true, "feature_drift")]
    [InlineData("months", false, "concentration")]
    [InlineData("chance", true, "concentration")]
    public async Task Answers_that_concentrate_have_the_feature_as_cause_that_moved_before_and_on_which_they_hang(
        string moved,
        bool before,
        string first
    )
    {
        var world = await AlertingWorld.CreateAsync(host, 62, Model);
        await PutReferenceAsync(world.Model.Name);
        await world
            .Rows(2 * Week)
            .Drift(moved, 2 * Week, hour => hour <= 30 || (before && hour is <= 90 and > 37))
            .Series("output.share", 2 * Week, before => before <= 30 ? 0.8 : 0.5, @class: "1")
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync()).Incident;
        Assert.Equal(first, incident.Summary.Causes[0].Kind);
        Assert.Equal(["concentration", "feature_drift"], incident.Summary.Causes.Select(cause => cause.Kind).Order());
    }

    /// <summary>By the day it cannot be seen which moved first.</summary>
    [Theory]
    [InlineData("hires", "feature_drift")]
    [InlineData("draw", "concentration")]
    public async Task Answers_that_concentrate_on_the_day_on_which_a_feature_moved_have_it_as_cause_if_they_hang_on_it(
        string moved,
        string first
    )
    {
        var model = new
        {
            task = "binary",
            window = "1d",
            positive_class = "1",
            classes = new[] { "0", "1" },
            label_delay = "1d",
            features = new
            {
                hires = new { type = "numeric" },
                months_since = new { type = "numeric" },
                draw = new { type = "numeric" },
            },
        };
        var world = await AlertingWorld.CreateAsync(host, 64, model);
        await PutReferenceAsync(world.Model.Name, "hires,months_since,draw");
        await world
            .Rows(45)
            .Drift(moved, 45, before => before <= 12)
            .Series("output.share", 45, before => before <= 12 ? 0.8 : 0.5, @class: "1")
            .Series("performance.accuracy", 45, before => before <= 12 ? 0.8 : 0.9)
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync()).Incident;
        Assert.Equal(first, incident.Summary.Causes[0].Kind);
    }

    [Fact]
    public async Task A_segment_of_few_rows_that_shows_a_growing_drift_last_is_not_the_place_of_it()
    {
        var world = await AlertingWorld.CreateAsync(
            host,
            63,
            new
            {
                task = "binary",
                segments = new[] { "country" },
                label_delay = "1h",
            }
        );
        await world
            .Rows(2 * Week)
            .Drift("tenure", 2 * Week, before => before <= 90, size: 0.2)
            .Drift("tenure", 2 * Week, before => before <= 30, segment: "country=BE", size: 0.8)
            .EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(["", "country=BE"], incident.Alerts.Select(alert => alert.Segment ?? "").Order());
        Assert.DoesNotContain("BE", incident.Incident.Headline, StringComparison.Ordinal);
    }

    /// <summary>The answer is the years, and so the months; chance has nothing to do with it.</summary>
    private async Task PutReferenceAsync(string model, string features = "years,months,chance")
    {
        var random = new Random(7);
        var text = new StringBuilder($"{features},answer,score\n");
        for (var i = 0; i < 600; i++)
        {
            var (years, chance) = (20 + (40 * random.NextDouble()), random.NextDouble());
            text.Append(
                CultureInfo.InvariantCulture,
                $"{years:0.##},{12 * years:0.#},{chance:0.###},{(years > 40 ? 1 : 0)},{(years > 40 ? 0.9 : 0.1)}\n"
            );
        }

        using var body = new StringContent(text.ToString());
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await host.Client.PutAsync($"/v1/models/{model}/reference?prediction=answer&score=score", body);
        answer.EnsureSuccessStatusCode();
    }
}
