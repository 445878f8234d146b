namespace Plumbline.Statistics.Decomposition;

/// <summary>
/// The sampling variance of one part over the rows of one period. A row of cell c with outcome y moves the part by a + b (y - mean of c)
/// over the number of rows (its influence function); the variance is that of the influences over the rows.
/// </summary>
internal struct PartVariance
{
    private double _sum;
    private double _squares;

    /// <summary>Adds the rows of one cell.</summary>
    /// <param name="share">Their share of the period's rows.</param>
    /// <param name="level">a.</param>
    /// <param name="slope">b.</param>
    /// <param name="variance">Variance of outcomes within the cell.</param>
    public void Add(double share, double level, double slope, double variance)
    {
        _sum += share * level;
        _squares += share * (level * level + slope * slope * variance);
    }

    public void Add(PartVariance other)
    {
        _sum += other._sum;
        _squares += other._squares;
    }

    /// <summary>Variance of the part, from this many rows.</summary>
    public readonly double Over(double rows) => Math.Max(0, _squares - _sum * _sum) / rows;
}

/// <summary>One period as a whole: rows, mean and the two variances that the parts need.</summary>
internal readonly record struct PeriodSpread(double Rows, double Mean, double Variance, double WithinCells)
{
    public static PeriodSpread Of(IEnumerable<OutcomeMoments> cells)
    {
        var all = OutcomeMoments.None;
        double within = 0,
            freedom = 0;
        foreach (var cell in cells)
        {
            all = all.Add(cell);
            within += cell.Squares ?? double.NaN;
            freedom += Math.Max(0, cell.Rows - 1);
        }

        var variance = all.Rows > 1 ? (all.Squares ?? double.NaN) / (all.Rows - 1) : double.NaN;
        return new PeriodSpread(all.Rows, all.Mean, variance, freedom > 0 ? within / freedom : variance);
    }

    /// <summary>
    /// Variance of outcomes within a cell: its own, with one further degree of freedom of the period's pooled one, since a cell of one or
    /// two rows knows little of its own.
    /// </summary>
    public double VarianceOf(OutcomeMoments cell) => cell.Rows > 0 ? ((cell.Squares ?? double.NaN) + WithinCells) / cell.Rows : 0;
}
