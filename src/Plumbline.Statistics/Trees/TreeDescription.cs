namespace Plumbline.Statistics.Trees;

/// <summary>
/// What fitted trees do, for whoever evaluates them elsewhere, as in a database: a row's score is <paramref name="Start"/> plus what each
/// tree says (for log-loss a log-odds).
/// </summary>
/// <param name="Start">The score before any tree.</param>
/// <param name="Columns">What splits look at, in the order of the table.</param>
/// <param name="Trees">The root of each tree.</param>
public sealed record TreeDescription(double Start, IReadOnlyList<TreeColumn> Columns, IReadOnlyList<TreeNode> Trees);

/// <summary>A column that splits look at.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Categories">The numbers that categories count as; null for a column of numbers.</param>
/// <param name="Unknown">What a category counts as that is not among them.</param>
public sealed record TreeColumn(string Name, IReadOnlyDictionary<string, double>? Categories, double Unknown);

/// <summary>A node of a tree.</summary>
/// <param name="Value">What a leaf adds to the score; 0 of a split.</param>
/// <param name="Split">Where rows go from here; null for a leaf.</param>
public sealed record TreeNode(double Value, TreeSplit? Split);

/// <summary>Which way a row goes.</summary>
/// <param name="Column">Place in <see cref="TreeDescription.Columns"/>.</param>
/// <param name="Below">Smaller values go to <paramref name="Low"/>, others to <paramref name="High"/>; infinite where all go one
/// way.</param>
/// <param name="MissingIsLow">Whether a missing value goes to <paramref name="Low"/>.</param>
/// <param name="Low">The way of small values.</param>
/// <param name="High">The way of large values.</param>
public sealed record TreeSplit(int Column, double Below, bool MissingIsLow, TreeNode Low, TreeNode High);
