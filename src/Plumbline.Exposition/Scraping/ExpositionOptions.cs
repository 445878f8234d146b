using Plumbline.Registry.Text;

namespace Plumbline.Exposition.Scraping;

/// <summary>What <c>/metrics</c> gives.</summary>
public sealed record ExpositionOptions
{
    /// <summary>
    /// Series of metric points in one answer, of all models together. Range 100..5,000,000, default 400,000. Models are served by name;
    /// those for which there is no place any more are left out, and counted as dropped.
    /// </summary>
    public int MaxSeries { get; init; } = 400_000;

    /// <summary>
    /// Series of metric points of one model. Range 10..1,000,000, default 5,000. All rows together come first, then versions, then
    /// segments; what is left out is counted as dropped.
    /// </summary>
    public int MaxSeriesPerModel { get; init; } = 5_000;

    /// <summary>
    /// How old the newest window of a model may be. Range 1h..10y, default 7d. Older ones are left out: a model that nobody asks any more
    /// must not look alive. As far back a number that waits for ground truth is looked for.
    /// </summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Adds what cannot be used, each as path and reason: <c>exposition.max_series: ..</c>.</summary>
    public void Validate(ICollection<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (MaxSeries is < 100 or > 5_000_000)
            errors.Add($"exposition.max_series: {MaxSeries} is outside 100..5000000.");
        if (MaxSeriesPerModel is < 10 or > 1_000_000)
            errors.Add($"exposition.max_series_per_model: {MaxSeriesPerModel} is outside 10..1000000.");
        if (MaxAge < TimeSpan.FromHours(1) || MaxAge > TimeSpan.FromDays(3650))
            errors.Add($"exposition.max_age: {DurationText.Format(MaxAge)} is outside 1h..3650d.");
    }
}
