using Plumbline.Monitoring.Samples;
using Plumbline.Statistics;
using Plumbline.Statistics.Intervals;
using Plumbline.Statistics.Multivariate;
using Plumbline.Statistics.Trees;

namespace Plumbline.Monitoring.Multivariate;

/// <summary>
/// The reference as multivariate measures see it: rows for the domain classifier, and principal components fitted to one half with the
/// other half's reconstruction error as what "no drift" looks like (of its own half the error would flatter). Immutable.
/// </summary>
public sealed class ReferenceShape
{
    private readonly PcaReconstruction _components;
    private readonly double _error;
    private readonly double _deviation;
    private readonly long _heldOut;

    /// <param name="features">Features of both tables.</param>
    /// <param name="fitted">Rows that the components are fitted to and the classifier learns from.</param>
    /// <param name="heldOut">Other rows of the reference.</param>
    public ReferenceShape(FeatureSelection features, FeatureTable fitted, FeatureTable heldOut)
    {
        Features = features;
        Rows = fitted;
        _components = PcaReconstruction.Fit(fitted);
        var error = _components.Measure(heldOut).Error;
        (_error, _heldOut) = (error.Value!.Value, heldOut.Rows);
        var halfWidth = (error.Upper!.Value - error.Lower!.Value) / 2;
        _deviation = halfWidth / Confidence.Normal(0, 1).Upper * Math.Sqrt(_heldOut);
    }

    public FeatureSelection Features { get; }

    /// <summary>Rows for the domain classifier.</summary>
    public FeatureTable Rows { get; }

    /// <summary>Reconstruction error of current rows.</summary>
    public Estimate Reconstruct(FeatureTable current) => _components.Measure(current).Error;

    /// <summary>The reference's own error, with the range in which that of so many of its rows lies in 95 % of cases.</summary>
    public Estimate Band(long rows) =>
        Estimate
            .Of(_error, _heldOut, rows)
            .With(Confidence.Normal(_error, _deviation * Math.Sqrt((1.0 / rows) + (1.0 / _heldOut))).Clip(0, double.MaxValue));
}
