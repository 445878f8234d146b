using Plumbline.Statistics.Trees;

namespace Plumbline.Statistics.Tests.Trees;

/// <summary>Trees evaluated by their description say what they predict.</summary>
public sealed class TreeDescriptionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Evaluated_by_hand_they_predict_the_same(int seed)
    {
        var random = new RandomSource((ulong)seed);
        const int Rows = 600;
        var number = new double[Rows];
        var few = new double[Rows];
        var text = new string?[Rows];
        var target = new double[Rows];
        for (var i = 0; i < Rows; i++)
        {
            number[i] = random.NextDouble() < 0.1 ? double.NaN : random.NextGaussian();
            few[i] = random.NextInt(3);
            text[i] = random.NextDouble() < 0.1 ? null : $"c{random.NextInt(6)}";
            target[i] =
                (double.IsNaN(number[i]) ? 4 : Math.Abs(number[i])) + few[i] + (text[i] == "c2" ? 3 : 0) + 0.1 * random.NextGaussian();
        }

        var table = new FeatureTable(Rows).WithNumeric("number", number).WithNumeric("few", few).WithCategorical("text", text);
        var options = new TreeOptions
        {
            Objective = TreeObjective.SquaredError,
            Trees = 30,
            Leaves = 6,
        };
        var trees = GradientBoostedTrees.Fit(table, target, options);
        var described = trees.Describe();
        Assert.Equal(["number", "few", "text"], described.Columns.Select(column => column.Name));
        Assert.Contains(described.Trees, tree => tree.Split is not null);

        // Rows that it has not seen: values between and beyond its own, a category that is new, missing ones.
        double[] numbers = [-9, -0.5, 0, 0.1234, 2, 9, double.NaN];
        double[] fews = [-1, 0, 0.5, 1, 2, 7, double.NaN];
        string?[] texts = ["c0", "c2", "new", null];
        var rows = numbers.SelectMany(n => fews.SelectMany(f => texts.Select(t => (Number: n, Few: f, Text: t)))).ToList();
        var unseen = new FeatureTable(rows.Count)
            .WithNumeric("number", [.. rows.Select(row => row.Number)])
            .WithNumeric("few", [.. rows.Select(row => row.Few)])
            .WithCategorical("text", [.. rows.Select(row => row.Text)]);
        var predicted = trees.Predict(unseen);
        for (var i = 0; i < rows.Count; i++)
        {
            var (n, f, t) = rows[i];
            double[] values = [n, f, NumberOf(described.Columns[2], t)];
            Assert.Equal(predicted[i], described.Start + described.Trees.Sum(tree => ValueOf(tree, values)), 1e-9);
        }
    }

    private static double NumberOf(TreeColumn column, string? text) =>
        text is null ? double.NaN : column.Categories!.GetValueOrDefault(text, column.Unknown);

    private static double ValueOf(TreeNode node, double[] values)
    {
        while (node.Split is { } split)
        {
            var value = values[split.Column];
            node = (double.IsNaN(value) ? split.MissingIsLow : value < split.Below) ? split.Low : split.High;
        }

        return node.Value;
    }
}
