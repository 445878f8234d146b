using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Performance;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>What ground truth says of a range, of both sides of the page, as charts take it.</summary>
/// <param name="Pictures">As they were read.</param>
public sealed record OutcomePictures(Sides<OutcomePicture> Pictures)
{
    /// <summary>That of the page.</summary>
    public OutcomePicture Own => Pictures.Own;

    /// <summary>ROC curves; without points where a side has none.</summary>
    public Sides<Charts.RocCurve> Roc { get; } = Pictures.Map(RocOf);

    /// <summary>Reliability curves; without bins where a side has none.</summary>
    public Sides<Reliability> Calibration { get; } = Pictures.Map(CalibrationOf);

    /// <summary>Whether one of the sides has a ROC curve.</summary>
    public bool HasRoc => Roc.Own.Points.Count > 0 || Roc.Other?.Points.Count > 0;

    /// <summary>Whether one of the sides has a reliability curve.</summary>
    public bool HasCalibration => Calibration.Own.Bins.Count > 0 || Calibration.Other?.Bins.Count > 0;

    /// <summary>Whether one of the sides has ground truth.</summary>
    public bool HasLabels => Own.Labelled > 0 || Pictures.Other?.Labelled > 0;

    /// <summary>Those of the page's range and scope, and of what it is compared with.</summary>
    public static async Task<OutcomePictures> ReadAsync(OutcomeReader reader, ModelScope scope, CancellationToken cancellation) =>
        new(await scope.BothAsync(side => reader.ReadAsync(side.Model, side.From, side.To, side.Version, side.Segment, cancellation)));

    private static RocCurve RocOf(OutcomePicture picture) =>
        new(
            [.. picture.Roc.Select(point => new RocPoint(point.FalsePositiveRate, point.TruePositiveRate, point.Threshold))],
            picture.RocAuc is { Value: { } value } area ? (value, area.Lower, area.Upper, area.N) : null,
            picture.Operating
        );

    private static Reliability CalibrationOf(OutcomePicture picture) =>
        new(
            [
                .. picture.Calibration.Select(bin => new ReliabilityBin(
                    bin.Lower,
                    bin.Upper,
                    bin.MeanScore,
                    bin.Frequency.Value ?? 0,
                    bin.Frequency.Lower ?? bin.Frequency.Value ?? 0,
                    bin.Frequency.Upper ?? bin.Frequency.Value ?? 0,
                    (long)Math.Round(bin.Count)
                )),
            ],
            picture.ExpectedCalibrationError?.Value
        );
}
