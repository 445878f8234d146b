namespace Plumbline.Monitoring.Scores;

/// <summary>A node of a tree of <see cref="LossTrees"/>.</summary>
/// <param name="Value">What a leaf adds to the expected error; 0 of a split.</param>
/// <param name="Split">Where predictions go from here; null for a leaf.</param>
public sealed record LossTree(double Value, LossSplit? Split);

/// <summary>Which way a prediction goes.</summary>
/// <param name="Column">Which of the columns is looked at.</param>
/// <param name="Below">Lower values go to <paramref name="Low"/>, others and missing ones to <paramref name="High"/>.</param>
/// <param name="Low">The way of low values.</param>
/// <param name="High">The way of high values.</param>
public sealed record LossSplit(int Column, double Below, LossTree Low, LossTree High);
