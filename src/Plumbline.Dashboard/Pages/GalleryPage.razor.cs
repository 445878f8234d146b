using Plumbline.Dashboard.Charts;
using Plumbline.Dashboard.Marks;

namespace Plumbline.Dashboard.Pages;

/// <summary>Made-up numbers for the gallery: smooth functions of the window, no randomness, the same at every start.</summary>
public sealed partial class GalleryPage
{
    private const int Windows = 7 * 24;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly (DateTimeOffset From, DateTimeOffset To) _range = (Start, Start.AddHours(Windows));
    private readonly IReadOnlyList<string> _classes = ["billing", "technical", "sales", "other"];
    private readonly IReadOnlyList<string> _colours = [Palette.At(0), Palette.At(1), Palette.At(2), Palette.At(3)];
    private readonly IReadOnlyList<string> _rows =
    [
        "income",
        "age",
        "country",
        "a feature with an uncommonly long name",
        "hours_per_week",
        "education",
    ];
    private readonly IReadOnlyList<ChartThreshold> _limits = [new(0.1, "0.1"), new(0.25, "0.25")];
    private readonly IReadOnlyList<ChartMark> _marks = [new(Start.AddHours(60), "v7"), new(Start.AddHours(118), "errors", Incident: true)];
    private IReadOnlyList<ChartSeries> _drift = [];
    private IReadOnlyList<ChartSeries> _accuracy = [];
    private IReadOnlyList<ChartSeries> _percentiles = [];
    private IReadOnlyList<ShareCell> _shares = [];
    private IReadOnlyList<HeatCell> _cells = [];
    private IReadOnlyList<DistributionBin> _bins = [];
    private IReadOnlyList<DistributionBin> _countries = [];
    private IReadOnlyList<LatencyCell> _latency = [];
    private readonly IReadOnlyList<double> _traffic = [.. Enumerable.Range(0, 48).Select(Daily)];
    private readonly IReadOnlyList<IReadOnlyList<long>> _confusion =
    [
        [812, 40, 12, 9],
        [66, 701, 8, 31],
        [4, 12, 233, 18],
        [20, 44, 13, 160],
    ];

    private readonly Sides<Reliability> _reliability = Sides.Alone(
        new Reliability(
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(at => new ReliabilityBin(
                        at / 10.0,
                        (at + 1) / 10.0,
                        (at + 0.5) / 10,
                        Math.Pow((at + 0.5) / 10, 1.2),
                        Math.Pow((at + 0.5) / 10, 1.2) * 0.9,
                        Math.Min(1, Math.Pow((at + 0.5) / 10, 1.2) * 1.08),
                        100 + (at * 40)
                    )),
            ],
            0.041
        )
    );

    private readonly Sides<RocCurve> _roc = Sides.Alone(
        new RocCurve(
            [.. Enumerable.Range(0, 51).Select(at => new RocPoint(at / 50.0, Math.Pow(at / 50.0, 0.25), 1 - (at / 50.0)))],
            (0.873, 0.861, 0.885, 4210),
            (0.12, 0.74)
        )
    );

    protected override void OnInitialized()
    {
        Frame.Show([("Gallery", null)], showsRange: true, versions: ["v6", "v7"], segments: ["country=FR", "country=DE"], range: _range);
        _drift =
        [
            new ChartSeries(
                "PSI",
                [
                    .. Enumerable
                        .Range(0, Windows)
                        .Where(at => at is < 40 or > 48)
                        .Select(at => Point(at, 0.02 + Math.Max(0, (at - 70) * 0.003) + Wave(at, 0.01), 0.012)),
                ]
            ),
        ];
        _accuracy =
        [
            new ChartSeries(
                "accuracy",
                [
                    .. Enumerable
                        .Range(0, Windows)
                        .Select(at => at > 150 ? Point(at, null, 0) : Point(at, 0.87 - (at > 118 ? 0.06 : 0) + Wave(at, 0.01), 0.02)),
                ]
            ),
        ];
        _percentiles = [Line("p50", 40, "--text"), Line("p95", 130, "--text"), Line("p99", 380, "--text")];
        _shares =
        [
            .. Enumerable
                .Range(0, Windows)
                .SelectMany(at =>
                    Enumerable
                        .Range(0, 4)
                        .Select(series => new ShareCell(
                            Hour(at),
                            Hour(at + 1),
                            series,
                            (long)(Daily(at) * (series == 1 && at > 100 ? 3 : 1) * (4 - series))
                        ))
                ),
        ];
        _cells =
        [
            .. Enumerable
                .Range(0, _rows.Count)
                .SelectMany(row =>
                    Enumerable
                        .Range(0, Windows)
                        .Select(at => new HeatCell(
                            Hour(at),
                            Hour(at + 1),
                            row,
                            at is 20 or 21 ? null : Math.Max(0, ((at - (30 * row)) * 0.004) + Wave(at * (row + 1), 0.02)),
                            (long)Daily(at),
                            at is 20 or 21 ? PointState.InsufficientRows : PointState.Ok
                        ))
                ),
        ];
        _bins =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(at => new DistributionBin(
                    $"{at * 4} k",
                    $"{at * 4} k to {(at + 1) * 4} k",
                    Bell(at, 17, 6),
                    Bell(at, 17, 6) * 4000,
                    Bell(at, 13, 5),
                    Bell(at, 13, 5) * 10000
                )),
            new DistributionBin("missing", null, 0.04, 160, 0.01, 100, Edge: true),
        ];
        _countries =
        [
            .. new[] { ("FR", 0.4, 0.45), ("DE", 0.3, 0.31), ("ES", 0.12, 0.2), ("other", 0.05, 0.04) }.Select(row => new DistributionBin(
                row.Item1,
                null,
                row.Item2,
                row.Item2 * 4000,
                row.Item3,
                row.Item3 * 10000
            )),
            new DistributionBin("unseen", null, 0.13, 520, null, null, Edge: true),
        ];
        _latency =
        [
            .. Enumerable
                .Range(0, Windows)
                .SelectMany(at =>
                    Enumerable
                        .Range(0, 20)
                        .Select(band => new LatencyCell(
                            Hour(at),
                            Hour(at + 1),
                            10 * Math.Pow(1.3, band),
                            10 * Math.Pow(1.3, band + 1),
                            Bell(band, 5 + (at > 118 ? 4 : 0), 3)
                        ))
                        .Where(cell => cell.Share > 0.002)
                ),
        ];
    }

    private static ChartSeries Line(string name, double level, string colour) =>
        new(
            name,
            [.. Enumerable.Range(0, Windows).Select(at => Point(at, level * (at > 118 ? 1.8 : 1) * (1 + Wave(at, 0.05)), 0))],
            colour
        );

    private static ChartPoint Point(int at, double? value, double half) =>
        new(
            Hour(at),
            Hour(at + 1),
            value,
            half == 0 ? null : value - half,
            half == 0 ? null : value + half,
            value is null ? 12 : (long)Daily(at),
            value is null ? PointState.InsufficientRows
                : at >= Windows - 2 ? PointState.Incomplete
                : PointState.Ok
        );

    private static DateTimeOffset Hour(int at) => Start.AddHours(at);

    private static double Wave(int at, double size) => size * (Math.Sin(at * 0.9) + (0.6 * Math.Sin(at * 2.3)));

    private static double Daily(int at) => 420 + (300 * Math.Sin((at - 8) * Math.PI / 12));

    private static double Bell(int at, double middle, double width) => Math.Exp(-Math.Pow((at - middle) / width, 2) / 2) / (width * 2.507);

    /// <summary>A panel that goes on loading.</summary>
    private static Task<string> NeverAsync(CancellationToken cancellation) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation)
            .ContinueWith(_ => "", cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
}
