using Microsoft.AspNetCore.Components;
using Plumbline.Dashboard.Charts;
using Plumbline.Monitoring.Performance;

namespace Plumbline.Dashboard.Pages.Model;

/// <summary>The calibration of the range, or how many labels are missing for it.</summary>
public sealed partial class CalibrationPicture
{
    private IReadOnlyList<ReliabilityBin> _bins = [];
    private OutcomePicture? _of;

    [Parameter, EditorRequired]
    public OutcomePicture Picture { get; set; } = null!;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_of, Picture))
            return;
        _of = Picture;
        _bins =
        [
            .. Picture.Calibration.Select(bin => new ReliabilityBin(
                bin.Lower,
                bin.Upper,
                bin.MeanScore,
                bin.Frequency.Value ?? 0,
                bin.Frequency.Lower ?? bin.Frequency.Value ?? 0,
                bin.Frequency.Upper ?? bin.Frequency.Value ?? 0,
                (long)Math.Round(bin.Count)
            )),
        ];
    }
}
