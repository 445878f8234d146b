using Plumbline.Monitoring.Profiles;

namespace Plumbline.Monitoring.Outcomes.Signals;

/// <summary>What came of one signal in one window and scope: sums that add up over versions.</summary>
internal record struct SignalSums
{
    /// <summary>Predictions that it happened to: some value is not 0.</summary>
    public long Predictions;

    /// <summary>Events of predictions.</summary>
    public long Events;

    /// <summary>Sum of the values.</summary>
    public double Sum;

    /// <summary>Sum of the squared values.</summary>
    public double Squares;

    /// <summary>Sum over predictions of their squared sum, for the interval of the sum.</summary>
    public double SquaredSums;

    /// <summary>Events that name no prediction.</summary>
    public long LooseEvents;

    /// <summary>Sum of their values.</summary>
    public double LooseSum;

    /// <summary>Sum of their squared values.</summary>
    public double LooseSquares;

    public static SignalSums operator +(SignalSums a, SignalSums b) =>
        new()
        {
            Predictions = a.Predictions + b.Predictions,
            Events = a.Events + b.Events,
            Sum = a.Sum + b.Sum,
            Squares = a.Squares + b.Squares,
            SquaredSums = a.SquaredSums + b.SquaredSums,
            LooseEvents = a.LooseEvents + b.LooseEvents,
            LooseSum = a.LooseSum + b.LooseSum,
            LooseSquares = a.LooseSquares + b.LooseSquares,
        };
}

/// <summary>The signals of one window: by scope the number of predictions, and by scope and signal what came.</summary>
internal sealed class SignalCounts
{
    public Dictionary<ProfileScope, long> Predictions { get; } = [];

    public Dictionary<(ProfileScope Scope, string Signal), SignalSums> Signals { get; } = [];

    public void AddPredictions(ProfileScope scope, long count)
    {
        foreach (var holding in Holding(scope))
            Predictions[holding] = Predictions.GetValueOrDefault(holding) + count;
    }

    public void Add(ProfileScope scope, string signal, SignalSums sums)
    {
        foreach (var holding in Holding(scope))
            Signals[(holding, signal)] = Signals.GetValueOrDefault((holding, signal)) + sums;
    }

    // A version's rows are rows of all versions.
    private static IEnumerable<ProfileScope> Holding(ProfileScope scope) =>
        scope.Version.Length == 0 ? [scope] : [scope, scope with { Version = "" }];
}
