namespace Plumbline.Statistics.Alarms;

/// <summary>
/// Finds the moment at which a number went from one level to another, as an accuracy does with a release. Windows on both sides of it look
/// as if the number wandered, and a number that is thought to wander surprises nobody when it falls and stays there.
/// </summary>
public static class LevelShift
{
    /// <summary>The windows since the shift; all of them when there is none, or when the number wanders on either side of it too.</summary>
    /// <param name="windows">Finite values with standard errors, in the order of time.</param>
    /// <param name="window">Length of a window, positive.</param>
    /// <param name="fewestBefore">Windows before the shift, at least 2.</param>
    /// <param name="fewestSince">Windows since the shift, at least 2.</param>
    /// <exception cref="ArgumentException">A value is not finite, or a standard error negative.</exception>
    public static IReadOnlyList<WindowValue> Since(IReadOnlyList<WindowValue> windows, TimeSpan window, int fewestBefore, int fewestSince)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentOutOfRangeException.ThrowIfLessThan(fewestBefore, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(fewestSince, 2);
        if (windows.Count < fewestBefore + fewestSince || !Wanders(windows))
            return windows;
        var shift = MostLikely(windows, fewestBefore, windows.Count - fewestSince);
        var since = windows.Skip(shift).ToList();
        return Wanders(since) || Wanders([.. windows.Take(shift)]) ? windows : since;

        // Of too few to tell: yes, so that nothing is left out for no reason.
        bool Wanders(IReadOnlyList<WindowValue> some) => ScalarNull.Learn(some, window) is not { Persistence: 0 };
    }

    /// <summary>The split with the largest sum of squares between its two sides, weighed by rows.</summary>
    private static int MostLikely(IReadOnlyList<WindowValue> windows, int from, int to)
    {
        var (weight, sum) = (windows.Sum(Weight), windows.Sum(window => Weight(window) * window.Value));
        double before = 0,
            sumBefore = 0,
            most = double.NegativeInfinity;
        var best = from;
        for (var i = 0; i <= to; i++)
        {
            var since = weight - before;
            if (i >= from && before > 0 && since > 0)
            {
                var difference = sumBefore / before - (sum - sumBefore) / since;
                var between = before * since / weight * difference * difference;
                if (between > most)
                    (best, most) = (i, between);
            }

            if (i == windows.Count)
                break;
            before += Weight(windows[i]);
            sumBefore += Weight(windows[i]) * windows[i].Value;
        }

        return best;
    }

    private static double Weight(WindowValue window) => Math.Max(1, window.Rows);
}
