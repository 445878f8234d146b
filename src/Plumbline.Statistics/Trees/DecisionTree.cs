using System.Runtime.CompilerServices;

namespace Plumbline.Statistics.Trees;

/// <summary>A binary tree over at least one binned column.</summary>
internal sealed class DecisionTree
{
    private readonly List<Node> _nodes = [];

    public int AddLeaf(double value)
    {
        _nodes.Add(new Node(0, 0, byte.MaxValue, _nodes.Count, value));
        return _nodes.Count - 1;
    }

    /// <summary>What a leaf adds to a row's score.</summary>
    public double ValueOf(int leaf) => _nodes[leaf].Value;

    /// <summary>Turns a leaf into a split: bins 1 .. <paramref name="lastLeft"/> go left, missing (0) where told.</summary>
    public (int Left, int Right) Split(int node, int column, byte lastLeft, bool missingLeft, double leftValue, double rightValue)
    {
        var left = AddLeaf(leftValue);
        var right = AddLeaf(rightValue);
        // A missing value is bin 0: less 1 it is a byte beyond every bin, and goes right.
        byte offset = missingLeft ? (byte)0 : (byte)1;
        _nodes[node] = new Node(column, offset, lastLeft - offset, left, 0);
        return (left, right);
    }

    /// <summary>Adds the tree's value of every row to its score.</summary>
    public void AddTo(byte[][] columns, double[] scores)
    {
        var nodes = _nodes.ToArray();
        var row = 0;
        // Where a row goes cannot be guessed, and one step waits for the one before: four rows side by side wait together.
        for (; row + 3 < scores.Length; row += 4)
        {
            int a = 0,
                b = 0,
                c = 0,
                d = 0,
                moved;
            do
            {
                var (nextA, nextB) = (Next(nodes, columns, a, row), Next(nodes, columns, b, row + 1));
                var (nextC, nextD) = (Next(nodes, columns, c, row + 2), Next(nodes, columns, d, row + 3));
                moved = (nextA ^ a) | (nextB ^ b) | (nextC ^ c) | (nextD ^ d);
                (a, b, c, d) = (nextA, nextB, nextC, nextD);
            } while (moved != 0);

            scores[row] += nodes[a].Value;
            scores[row + 1] += nodes[b].Value;
            scores[row + 2] += nodes[c].Value;
            scores[row + 3] += nodes[d].Value;
        }

        for (; row < scores.Length; row++)
        {
            var (at, before) = (0, -1);
            while (at != before)
                (at, before) = (Next(nodes, columns, at, row), at);
            scores[row] += nodes[at].Value;
        }
    }

    /// <summary>The tree in values of its columns.</summary>
    public TreeNode Describe(FeatureBinner binner) => Describe(0, binner);

    private TreeNode Describe(int at, FeatureBinner binner)
    {
        var node = _nodes[at];
        if (node.Left == at)
            return new TreeNode(node.Value, null);
        var below = binner.BeginOf(node.Column, node.Limit + node.Offset + 1);
        var (low, high) = (Describe(node.Left, binner), Describe(node.Left + 1, binner));
        return new TreeNode(0, new TreeSplit(node.Column, below, node.Offset == 0, low, high));
    }

    // The child, or the leaf itself. The way is added, not branched on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(Node[] nodes, byte[][] columns, int at, int row)
    {
        ref readonly var node = ref nodes[at];
        return node.Left + ((byte)(columns[node.Column][row] - node.Offset) > node.Limit ? 1 : 0);
    }

    /// <summary>The right child follows the left one; a leaf is its own left child and sends every bin there.</summary>
    private readonly record struct Node(int Column, byte Offset, int Limit, int Left, double Value);
}
