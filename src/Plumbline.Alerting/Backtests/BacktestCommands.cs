using Plumbline.Registry.Access;
using Plumbline.Registry.Commands;

namespace Plumbline.Alerting.Backtests;

/// <summary>What is done with backtests: they change nothing but the work of the server.</summary>
public static class BacktestCommands
{
    /// <summary>Judges the past by rules.</summary>
    public static Command Start { get; } = new("backtest.start", ApiRole.Read);

    /// <summary>Stops a backtest.</summary>
    public static Command Cancel { get; } = new("backtest.cancel", ApiRole.Read);
}
