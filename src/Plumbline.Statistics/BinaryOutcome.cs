namespace Plumbline.Statistics;

/// <summary>One group of equal rows of a binary model whose ground truth is known.</summary>
/// <param name="GroundTruth">True when the ground truth is the positive class.</param>
/// <param name="Prediction">True when the model answered the positive class (its own decision, not score &gt;= 0.5).</param>
/// <param name="Score">P(positive class); NaN when the model gave none.</param>
/// <param name="Count">Rows in the group: positive or 0, finite; weights are allowed.</param>
public readonly record struct BinaryOutcome(bool GroundTruth, bool Prediction, double Score, double Count = 1);
