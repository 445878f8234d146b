using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plumbline.Statistics.Trees;

/// <summary>Grows one tree after another over the same binned columns; keeps its buffers.</summary>
internal sealed class TreeGrower(byte[][] columns, TreeOptions options, double[] gains)
{
    private const int Bins = 256;

    private readonly Stack<Cell[]> _spare = [];
    private float[] _gradients = [];
    private float[] _hessians = [];
    private int[] _rows = [];
    private int[] _scratch = [];
    private Step[] _steps = [];

    /// <summary>Grows a tree and adds what it predicts to the scores; null, and nothing added, when no split helps.</summary>
    /// <param name="gradients">Of each row's loss.</param>
    /// <param name="hessians">Of each row's loss.</param>
    /// <param name="rows">What the tree is grown on; put in another order.</param>
    /// <param name="scores">Of all rows.</param>
    public DecisionTree? Grow(float[] gradients, float[] hessians, int[] rows, double[] scores)
    {
        (_gradients, _hessians, _rows) = (gradients, hessians, rows);
        if (_scratch.Length < rows.Length)
        {
            _scratch = new int[rows.Length];
            _steps = new Step[rows.Length];
        }

        var tree = new DecisionTree();
        var root = new Leaf(tree.AddLeaf(0), 0, rows.Length, Histogram(0, rows.Length));
        FindSplit(root);
        var leaves = new List<Leaf> { root };
        while (leaves.Count < options.Leaves)
        {
            Leaf? best = null;
            foreach (var leaf in leaves)
            {
                if (leaf.Split.Gain > 1e-9 && (best is null || leaf.Split.Gain > best.Split.Gain))
                    best = leaf;
            }

            if (best is null)
                break;
            leaves.Remove(best);
            var (left, right) = Divide(tree, best);
            leaves.Add(left);
            leaves.Add(right);
        }

        foreach (var leaf in leaves)
            _spare.Push(leaf.Cells);
        if (leaves.Count == 1)
            return null;
        if (rows.Length == scores.Length)
            AddTo(scores, tree, leaves);
        else
            tree.AddTo(columns, scores);
        return tree;
    }

    // Which rows came into a leaf is known: none of them goes down the tree again.
    private void AddTo(double[] scores, DecisionTree tree, List<Leaf> leaves)
    {
        foreach (var leaf in leaves)
        {
            var value = tree.ValueOf(leaf.Node);
            foreach (var row in _rows.AsSpan(leaf.Start, leaf.End - leaf.Start))
                scores[row] += value;
        }
    }

    private (Leaf Left, Leaf Right) Divide(DecisionTree tree, Leaf leaf)
    {
        var split = leaf.Split;
        gains[split.Column] += split.Gain;
        var middle = Partition(leaf, split);
        var (left, right) = tree.Split(leaf.Node, split.Column, split.LastLeft, split.MissingLeft, split.LeftValue, split.RightValue);

        // Only the smaller side is counted; the other is the parent minus it.
        var leftIsSmaller = middle - leaf.Start <= leaf.End - middle;
        var smaller = leftIsSmaller ? Histogram(leaf.Start, middle) : Histogram(middle, leaf.End);
        var larger = leaf.Cells;
        for (var i = 0; i < larger.Length; i++)
        {
            larger[i] = new Cell(
                larger[i].Gradient - smaller[i].Gradient,
                larger[i].Hessian - smaller[i].Hessian,
                larger[i].Rows - smaller[i].Rows
            );
        }

        var a = new Leaf(left, leaf.Start, middle, leftIsSmaller ? smaller : larger);
        var b = new Leaf(right, middle, leaf.End, leftIsSmaller ? larger : smaller);
        FindSplit(a);
        FindSplit(b);
        return (a, b);
    }

    private int Partition(Leaf leaf, in Split split)
    {
        var column = columns[split.Column];
        int left = leaf.Start,
            spilled = 0;
        for (var i = leaf.Start; i < leaf.End; i++)
        {
            var bin = column[_rows[i]];
            if (bin == 0 ? split.MissingLeft : bin <= split.LastLeft)
                _rows[left++] = _rows[i];
            else
                _scratch[spilled++] = _rows[i];
        }

        Array.Copy(_scratch, 0, _rows, left, spilled);
        return left;
    }

    private Cell[] Histogram(int start, int end)
    {
        if (_spare.TryPop(out var cells))
            Array.Clear(cells);
        else
            cells = new Cell[columns.Length * Bins];
        // The rows' steps side by side, once for all columns: only the column is then looked up row by row.
        var rows = _rows.AsSpan(start, end - start);
        var steps = _steps.AsSpan(0, rows.Length);
        for (var i = 0; i < rows.Length; i++)
            steps[i] = new Step(_gradients[rows[i]], _hessians[rows[i]]);
        for (var c = 0; c < columns.Length; c++)
        {
            var column = columns[c];
            // A byte is below the number of bins: no index needs to be checked.
            ref var first = ref MemoryMarshal.GetReference(cells.AsSpan(c * Bins, Bins));
            for (var i = 0; i < rows.Length; i++)
            {
                ref var cell = ref Unsafe.Add(ref first, column[rows[i]]);
                var step = steps[i];
                cell.Gradient += step.Gradient;
                cell.Hessian += step.Hessian;
                cell.Rows++;
            }
        }

        return cells;
    }

    private void FindSplit(Leaf leaf)
    {
        double gradient = 0,
            hessian = 0;
        var rows = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            var cell = leaf.Cells[bin];
            (gradient, hessian, rows) = (gradient + cell.Gradient, hessian + cell.Hessian, rows + cell.Rows);
        }

        leaf.Split = default;
        if (rows < 2 * options.MinimumLeafRows)
            return;
        var whole = new Cell(gradient, hessian, rows);
        for (var c = 0; c < columns.Length; c++)
        {
            var cells = leaf.Cells.AsSpan(c * Bins, Bins);
            var missing = cells[0];
            Scan(leaf, c, cells, whole, missing, missingLeft: false);
            if (missing.Rows > 0)
                Scan(leaf, c, cells, whole, missing, missingLeft: true);
        }
    }

    private void Scan(Leaf leaf, int column, ReadOnlySpan<Cell> cells, Cell whole, Cell missing, bool missingLeft)
    {
        var parent = Score(whole.Gradient, whole.Hessian);
        var left = missingLeft ? missing : default;
        // All present bins left and the missing ones right is a split too (bin 255 as the last left one).
        for (var bin = missingLeft ? 0 : 1; bin < Bins; bin++)
        {
            if (bin > 0)
            {
                if (cells[bin].Rows == 0)
                    continue;
                left = new Cell(left.Gradient + cells[bin].Gradient, left.Hessian + cells[bin].Hessian, left.Rows + cells[bin].Rows);
            }

            var rightRows = whole.Rows - left.Rows;
            if (left.Rows < options.MinimumLeafRows)
                continue;
            if (rightRows < options.MinimumLeafRows)
                break;
            var (g, h) = (whole.Gradient - left.Gradient, whole.Hessian - left.Hessian);
            var gain = Score(left.Gradient, left.Hessian) + Score(g, h) - parent;
            if (gain > leaf.Split.Gain)
                leaf.Split = new Split(gain, column, (byte)bin, missingLeft, Value(left.Gradient, left.Hessian), Value(g, h));
        }
    }

    private double Score(double gradient, double hessian) => hessian + options.L2 > 0 ? gradient * gradient / (hessian + options.L2) : 0;

    private double Value(double gradient, double hessian) =>
        hessian + options.L2 > 0 ? -options.LearningRate * gradient / (hessian + options.L2) : 0;

    private struct Cell(double gradient, double hessian, int rows)
    {
        public double Gradient = gradient;
        public double Hessian = hessian;
        public int Rows = rows;
    }

    private readonly struct Step(float gradient, float hessian)
    {
        public readonly float Gradient = gradient;
        public readonly float Hessian = hessian;
    }

    private readonly record struct Split(double Gain, int Column, byte LastLeft, bool MissingLeft, double LeftValue, double RightValue);

    private sealed class Leaf(int node, int start, int end, Cell[] cells)
    {
        public int Node { get; } = node;

        public int Start { get; } = start;

        public int End { get; } = end;

        public Cell[] Cells { get; } = cells;

        public Split Split;
    }
}
