namespace Plumbline.Statistics.Binning;

/// <summary>The area between two distribution functions that are linear piece by piece.</summary>
internal static class CdfArea
{
    /// <summary>The integral of |F - G|.</summary>
    public static double Between(ProfileCdf f, ProfileCdf g)
    {
        var left = new Walk(f.Pieces);
        var right = new Walk(g.Pieces);
        double area = 0,
            x = double.NegativeInfinity,
            difference = 0;
        while (true)
        {
            var at = Math.Min(left.Next, right.Next);
            if (!(at < double.PositiveInfinity))
                return area;
            if (double.IsFinite(x))
                area += (at - x) * MeanAbsolute(difference, left.At(at) - right.At(at));
            left.Pass(at);
            right.Pass(at);
            difference = left.At(at) - right.At(at);
            x = at;
        }
    }

    /// <summary>
    /// Whether F - G may change its sign among the values that a piece of width can hold: then the area rests on how they are spread in it.
    /// Not so when the other function is constant there and the difference has one sign at both ends.
    /// </summary>
    public static bool MayCross(ProfileCdf f, ProfileCdf g) => MayCrossIn(f.Pieces, g.Pieces) || MayCrossIn(g.Pieces, f.Pieces);

    private static bool MayCrossIn(ReadOnlySpan<ProfileCdf.Piece> pieces, ReadOnlySpan<ProfileCdf.Piece> others)
    {
        foreach (var piece in pieces)
        {
            if (piece.IsPoint)
                continue;
            var (before, upTo) = (0.0, 0.0);
            foreach (var other in others)
            {
                before = other.To < piece.From ? other.Below + other.Share : before;
                upTo = other.From <= piece.To ? other.Below + other.Share : upTo;
            }

            if (upTo > before || (piece.Below - before) * (piece.Below + piece.Share - before) < -1e-12)
                return true;
        }

        return false;
    }

    // Mean of |a + (b - a) t| over t in [0, 1].
    private static double MeanAbsolute(double a, double b) =>
        a * b >= 0 ? (Math.Abs(a) + Math.Abs(b)) / 2 : (a * a + b * b) / (2 * Math.Abs(b - a));

    // The breakpoints of one side: two per piece, where its values begin and where they end. What the present piece says is worked out
    // once, when it becomes the present one: both functions are asked at every breakpoint of either.
    private ref struct Walk
    {
        private readonly ReadOnlySpan<ProfileCdf.Piece> _pieces;
        private int _piece;
        private bool _inside;
        private double _from;
        private double _to;
        private double _below;
        private double _share;

        public Walk(ReadOnlySpan<ProfileCdf.Piece> pieces)
        {
            _pieces = pieces;
            Load();
        }

        /// <summary>Position of the next breakpoint; infinite behind the last.</summary>
        public readonly double Next => _inside ? _to : _from;

        /// <summary>Passes every breakpoint at <paramref name="at"/>.</summary>
        public void Pass(double at)
        {
            while (Next == at)
            {
                if (_inside)
                {
                    _piece++;
                    Load();
                }

                _inside = !_inside;
            }
        }

        /// <summary>
        /// The function at a position that is not beyond the next breakpoint; before a jump there, if it has not been passed.
        /// </summary>
        public readonly double At(double at) => _inside ? _below + _share * Math.Clamp((at - _from) / (_to - _from), 0, 1) : _below;

        private void Load()
        {
            if (_piece == _pieces.Length)
            {
                (_from, _to, _below, _share) = (double.PositiveInfinity, double.PositiveInfinity, 1, 0);
                return;
            }

            ref readonly var piece = ref _pieces[_piece];
            (_from, _to, _below, _share) = (piece.SpreadFrom, piece.SpreadTo, piece.Below, piece.Share);
        }
    }
}
