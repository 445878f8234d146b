namespace Plumbline.Server.Tests.Alerting;

/// <summary>Models whose windows are longer than an hour: what is one cause by the hour is one by the day too.</summary>
public sealed class LongWindowIncidentTests(TestHost host)
{
    private const int Windows = 45;
    private const int Since = 12;

    [Theory]
    [InlineData("1d", "1d", 1)]
    [InlineData("1d", "5d", 2)]
    [InlineData("6h", "1d", 3)]
    public async Task A_drift_and_the_loss_that_it_causes_are_one_incident_that_names_the_feature(string window, string delay, int seed)
    {
        var world = await WorldAsync(window, delay, seed, driftsSince: Since);
        await world.EvaluateAsync();

        var incident = Assert.Single(await world.IncidentsAsync());
        Assert.Equal(
            ["drift.calibrated", "performance.accuracy"],
            incident.Alerts.Select(alert => alert.Metric).Order(StringComparer.Ordinal)
        );
        Assert.Equal(world.WindowsBeforeEnd(Since), incident.Incident.Onset);
        Assert.Equal(
            ("feature_drift", Feature(world)),
            (incident.Incident.Summary.Causes[0].Kind, incident.Incident.Summary.Causes[0].Subject)
        );
    }

    [Fact]
    public async Task Day_by_day_it_is_the_same_incident()
    {
        var world = await WorldAsync("1d", "1d", 4, driftsSince: Since);
        for (var before = Windows - 1; before >= 0; before--)
            await world.EvaluateAsync(before);

        Assert.Equal(2, Assert.Single(await world.IncidentsAsync()).Alerts.Count);
    }

    [Fact]
    public async Task A_drift_that_was_seen_days_before_the_loss_is_another_incident()
    {
        var world = await WorldAsync("1d", "1d", 5, driftsSince: Since + 6);
        await world.EvaluateAsync();

        var incidents = await world.IncidentsAsync();
        Assert.Equal(["drift.calibrated", "performance.accuracy"], incidents.Select(incident => Assert.Single(incident.Alerts).Metric));
    }

    private static string Feature(AlertingWorld world) => $"amount-{world.Model.Name}";

    private async Task<AlertingWorld> WorldAsync(string window, string delay, int seed, int driftsSince)
    {
        var world = await AlertingWorld.CreateAsync(
            host,
            seed,
            new
            {
                task = "multiclass",
                window,
                label_delay = delay,
            }
        );
        return world
            .Rows(Windows)
            .Drift(Feature(world), Windows, before => before <= driftsSince)
            .Series("performance.accuracy", Windows, before => before <= Since ? 0.78 : 0.9);
    }
}
