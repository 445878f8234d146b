using System.Runtime.CompilerServices;

namespace Plumbline.Server.Tests;

/// <summary>What all processes that tests start are started with.</summary>
internal static class ChildProcesses
{
    // Dozens of servers live for seconds: what the compiler learns from watching them it never uses, and to map each method's memory
    // twice, once to write and once to run it, is a part of a start that protects nobody here.
    [ModuleInitializer]
    internal static void Prepare()
    {
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", "0");
    }
}
