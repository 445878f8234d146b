namespace Plumbline.Statistics.Trees;

/// <summary>A binary tree over binned columns. A node's children follow in the arrays; a negative column marks a leaf.</summary>
internal sealed class DecisionTree
{
    private readonly List<Node> _nodes = [];

    public int AddLeaf(double value)
    {
        _nodes.Add(new Node(-1, 0, false, 0, 0, value));
        return _nodes.Count - 1;
    }

    /// <summary>Turns a leaf into a split: bins 1 .. <paramref name="lastLeft"/> go left, missing (0) where told.</summary>
    public (int Left, int Right) Split(int node, int column, byte lastLeft, bool missingLeft, double leftValue, double rightValue)
    {
        var left = AddLeaf(leftValue);
        var right = AddLeaf(rightValue);
        _nodes[node] = new Node(column, lastLeft, missingLeft, left, right, 0);
        return (left, right);
    }

    public void AddTo(byte[][] columns, double[] scores)
    {
        var nodes = _nodes.ToArray();
        for (var row = 0; row < scores.Length; row++)
        {
            ref readonly var node = ref nodes[0];
            while (node.Column >= 0)
            {
                var bin = columns[node.Column][row];
                var goesLeft = bin == 0 ? node.MissingLeft : bin <= node.LastLeft;
                node = ref nodes[goesLeft ? node.Left : node.Right];
            }

            scores[row] += node.Value;
        }
    }

    private readonly record struct Node(int Column, byte LastLeft, bool MissingLeft, int Left, int Right, double Value);
}
