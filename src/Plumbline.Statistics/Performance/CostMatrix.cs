namespace Plumbline.Statistics.Performance;

/// <summary>What a wrong decision costs, in any one unit.</summary>
/// <param name="FalsePositive">Cost of predicting positive for a negative.</param>
/// <param name="FalseNegative">Cost of predicting negative for a positive.</param>
/// <param name="TruePositive">Cost (negative: gain) of a right positive.</param>
/// <param name="TrueNegative">Cost (negative: gain) of a right negative.</param>
public readonly record struct CostMatrix(double FalsePositive, double FalseNegative, double TruePositive = 0, double TrueNegative = 0);
