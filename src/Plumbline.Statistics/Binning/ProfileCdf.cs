namespace Plumbline.Statistics.Binning;

/// <summary>
/// What a profile says of a distribution function: one piece per occupied bin, in which the function rises linearly. A piece lies between
/// the bin's edges and the side's own minimum and maximum, and its mean is moved to where the known sum of all values wants it.
/// </summary>
internal readonly ref struct ProfileCdf
{
    private readonly Span<Piece> _pieces;

    private ProfileCdf(Span<Piece> pieces, bool isPinned)
    {
        _pieces = pieces;
        IsPinned = isPinned;
    }

    /// <summary>The pieces in ascending order; none overlaps another.</summary>
    public ReadOnlySpan<Piece> Pieces => _pieces;

    /// <summary>
    /// True when the mean of every piece is known: at most one of them has any width, and the sum says where its mean is.
    /// </summary>
    public bool IsPinned { get; }

    /// <summary>A part of the distribution.</summary>
    /// <param name="From">Smallest value that can be in it.</param>
    /// <param name="To">Largest value that can be in it.</param>
    /// <param name="Below">Share of the rows before it.</param>
    /// <param name="Share">Its rows divided by all.</param>
    /// <param name="Mean">Where the mean of its values is taken to be.</param>
    public readonly record struct Piece(double From, double To, double Below, double Share, double Mean)
    {
        /// <summary>True when it has no width.</summary>
        public bool IsPoint => From == To;

        /// <summary>Where the values are taken to begin: as many on either side of the mean as fit.</summary>
        public double SpreadFrom => Mean <= Middle ? From : To - 2 * (To - Mean);

        /// <summary>Where they are taken to end.</summary>
        public double SpreadTo => Mean <= Middle ? From + 2 * (Mean - From) : To;

        private double Middle => From + (To - From) / 2;
    }

    /// <summary>Reads the pieces of a side.</summary>
    /// <param name="edges">Strictly ascending edges.</param>
    /// <param name="side">Counts, range and sum; at least one row.</param>
    /// <param name="total">Sum of the counts.</param>
    /// <param name="space">Room for as many pieces as bins.</param>
    public static ProfileCdf Of(ReadOnlySpan<double> edges, NumericBins side, double total, Span<Piece> space)
    {
        var count = 0;
        ulong below = 0;
        for (var bin = 0; bin < side.Counts.Length; bin++)
        {
            if (side.Counts[bin] == 0)
                continue;
            var from = bin == 0 ? side.Minimum : Math.Max(edges[bin - 1], side.Minimum);
            // Bins are open on the right, so the largest value below the edge; an atom's bin holds its value alone.
            var to = bin == edges.Length ? side.Maximum : Math.Min(Math.BitDecrement(edges[bin]), side.Maximum);
            // A range that contradicts the counts (rows added meanwhile) must not turn a piece around.
            to = Math.Max(from, to);
            space[count++] = new Piece(from, to, below / total, side.Counts[bin] / total, from + (to - from) / 2);
            below += side.Counts[bin];
        }

        var pieces = space[..count];
        return new ProfileCdf(pieces, MoveMeans(pieces, side.Sum / total));
    }

    /// <summary>
    /// How far the assumed values can be from the true ones, as a Wasserstein distance: per piece the larger of both ends' distances to the
    /// mean, or where all means are known the mean deviation of two points at the ends, and the assumed spread's own.
    /// </summary>
    public double Uncertainty()
    {
        var sum = 0.0;
        foreach (var piece in _pieces)
        {
            if (piece.IsPoint)
                continue;
            var (below, above) = (piece.Mean - piece.From, piece.To - piece.Mean);
            var farthest = Math.Max(below, above);
            if (IsPinned)
                farthest = Math.Min(farthest, 2 * below * above / (piece.To - piece.From) + Math.Min(below, above) / 2);
            sum += piece.Share * farthest;
        }

        return sum;
    }

    // What the pieces' middles miss of the true mean is given to the pieces in proportion to what they can take: the widest and fullest get
    // the most.
    private static bool MoveMeans(Span<Piece> pieces, double mean)
    {
        double middles = 0,
            room = 0;
        var wide = 0;
        foreach (var piece in pieces)
        {
            middles += piece.Share * piece.Mean;
            room += piece.Share * (piece.To - piece.From);
            wide += piece.IsPoint ? 0 : 1;
        }

        if (wide == 0)
            return true;
        var missing = mean - middles;
        if (!double.IsFinite(missing) || !double.IsFinite(room) || room == 0)
            return false;
        for (var i = 0; i < pieces.Length; i++)
        {
            var piece = pieces[i];
            var moved = piece.Mean + missing * ((piece.To - piece.From) / room);
            pieces[i] = piece with { Mean = Math.Clamp(moved, piece.From, piece.To) };
        }

        return wide == 1;
    }
}
