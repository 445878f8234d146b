using System.Collections.Immutable;
using Plumbline.Monitoring.Estimation;
using Plumbline.Monitoring.Profiles;
using Plumbline.Monitoring.References;
using Plumbline.Monitoring.Samples;
using Plumbline.Registry.Models;
using Plumbline.Store;

namespace Plumbline.Monitoring.Scores;

/// <summary>
/// Learns from the reference what scores need, once per reference. A past window of production as reference gets its ground truth late:
/// what was fitted on it is fitted again each hour until it has all.
/// </summary>
public sealed class ScoreFitting(
    BaselineCatalog baselines,
    RowSamples samples,
    EstimatorFitting estimators,
    TextMeasures texts,
    TimeProvider time
)
{
    /// <summary>Rows of the reference that rarity is learned from at most; more are sampled.</summary>
    public const int RarityRows = 20_000;

    /// <summary>Fits in memory; the one that was not used for the longest time is made again when needed.</summary>
    private const int MostFits = 64;

    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    private readonly FittedOnce<string, ScoreFit> _fits = new(MostFits);

    /// <summary>What scores learned of the model's reference. The first call fits, which may take a second.</summary>
    public Task<ScoreFit> OfAsync(ModelDefinition model, CancellationToken cancellation) =>
        baselines.Find(model) is not { } baseline
            ? Task.FromResult(ScoreFit.None)
            : _fits.GetAsync(model.Id, KeyOf(model, baseline), () => FitAsync(model, baseline), cancellation);

    /// <summary>Forgets a deleted model.</summary>
    public void Remove(ModelDefinition model) => _fits.Forget(model.Id);

    private string KeyOf(ModelDefinition model, Baseline baseline)
    {
        var isFinal = baseline.From is null || baseline.GroundTruthRows == baseline.Rows;
        var hour = isFinal ? 0 : time.GetUtcNow().Ticks / LookAgain.Ticks;
        var features = string.Join(',', model.Features.Select(feature => feature.Column));
        return string.Join('\n', baseline.Generation, hour, model.EffectivePositiveClass, string.Join('\t', model.Classes), features);
    }

    private async Task<ScoreFit> FitAsync(ModelDefinition model, Baseline baseline)
    {
        var features = FeatureSelection.Of(model, baseline);
        var sample = await samples.ReferenceAsync(
            model,
            baseline,
            features.Features,
            RarityRows,
            onlyLabelled: false,
            CancellationToken.None
        );
        if (sample.Rows == 0)
            return ScoreFit.None;
        var labelled = await samples.ReferenceAsync(
            model,
            baseline,
            [],
            EstimatorFitting.AnswerRows,
            onlyLabelled: true,
            CancellationToken.None
        );
        return new ScoreFit
        {
            Rows = sample.Rows,
            LabelledRows = labelled.Rows,
            Features =
            [
                .. features.Features.Select((feature, i) => RarityFitting.Of(feature, i, sample)).OfType<FeatureRarity>(),
                .. await texts.FitAsync(model, baseline, CancellationToken.None),
            ],
            Joint = RarityFitting.Joint(features.Features, sample),
            Error = ErrorFitting.Of(model, labelled),
            Losses = model.Task == ModelTask.Regression ? await LossesAsync(model, baseline, features) : null,
            Temperature = await TemperatureAsync(model, baseline, labelled),
        };
    }

    private async Task<LossTrees?> LossesAsync(ModelDefinition model, Baseline baseline, FeatureSelection features) =>
        LossTrees.Fit(
            features.Features,
            await samples.ReferenceAsync(
                model,
                baseline,
                features.Features,
                EstimatorFitting.LossRows,
                onlyLabelled: true,
                CancellationToken.None
            )
        );

    private async Task<double> TemperatureAsync(ModelDefinition model, Baseline baseline, RowSample labelled)
    {
        switch (model.Task)
        {
            case ModelTask.Binary:
                return ErrorFitting.Temperature(model, labelled);
            case ModelTask.Multiclass when model.Classes.Length is >= 2 and <= ClassProbabilityEstimator.MostClasses:
                var (probabilities, truths) = await estimators.ProbabilitiesAsync(model, baseline, CancellationToken.None);
                return ErrorFitting.Temperature(model.Classes, probabilities, truths);
            default:
                return 1;
        }
    }
}
