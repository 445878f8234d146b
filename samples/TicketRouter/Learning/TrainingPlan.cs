namespace TicketRouter.Learning;

/// <summary>How stochastic gradient descent runs.</summary>
/// <param name="Epochs">Passes over the tickets, 1..100.</param>
/// <param name="LearningRate">First step size; it falls with 1/(1 + 0.5 epoch).</param>
/// <param name="L2">Weight decay per step, applied to the weights that the step touches.</param>
public sealed record TrainingPlan(int Epochs, float LearningRate, float L2);
