using Plumbline.Events.Decoding;
using Plumbline.Registry.Models;

namespace Plumbline.Ingestion.Intake;

/// <summary>What a decoder must know of a model.</summary>
public static class DecodeContexts
{
    /// <summary>Of a model, at a moment.</summary>
    public static DecodeContext Of(ModelDefinition model, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new DecodeContext(
            now,
            model.PredictionRetention is { } retention ? now - retention : null,
            model.Task == ModelTask.Regression,
            model.ClassForm,
            model.LearnsClassForm
        );
    }
}
