using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Plumbline.Registry.Access;
using Plumbline.Server.Cli.Shell;

namespace Plumbline.Server.Cli;

/// <summary>`plumbline hash-key`: makes an API key, or hashes one, for <c>access.keys</c> of the configuration file.</summary>
internal static class HashKeyVerb
{
    private const int MinLength = 32;
    private const int MinDistinct = 12;

    public static Command Create(Terminal terminal, TextReader input)
    {
        var stdin = new Option<bool>("--stdin")
        {
            Description = "Hash the key that is read from standard input instead of making a new one.",
        };
        var command = new VerbCommand(
            "hash-key",
            "Make a new API key and print it with its SHA-256; only the hash goes into the configuration file.",
            [("A new key", "hash-key"), ("The hash of a key that you have", "hash-key --stdin")]
        )
        {
            stdin,
        };
        command.SetAction(parsed =>
        {
            var key = parsed.GetValue(stdin) ? input.ReadLine()?.Trim() ?? "" : KeyStore.NewKey();
            if (key.Length == 0)
                throw new CommandLineException(ExitCode.Usage, "no key on standard input");
            if (parsed.GetValue(stdin) && WeaknessOf(key) is { } weakness)
            {
                throw new CommandLineException(
                    ExitCode.Usage,
                    $"this key can be guessed: {weakness} `plumbline hash-key` makes one that cannot."
                );
            }

            if (!parsed.GetValue(stdin))
                terminal.Output.WriteLine($"key:    {key}");
            terminal.Output.WriteLine($"sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>
    /// Why a key is too weak; null when it is not. Keys are hashed fast, once, and never asked together with a name, so they must be long
    /// and random: 32 characters drawn from 16 or more are 128 bits.
    /// </summary>
    internal static string? WeaknessOf(string key)
    {
        if (key.Length < MinLength)
            return $"it has {key.Length} characters, at least {MinLength} are needed.";
        var distinct = key.Distinct().Count();
        if (distinct < (key.All(char.IsAsciiHexDigit) ? MinDistinct - 4 : MinDistinct))
            return $"it is made of {distinct} different characters only.";
        for (var period = 1; period <= key.Length / 2; period++)
        {
            if (IsRepeated(key, period))
                return $"its first {period} characters repeat.";
        }

        var steps = key.Zip(key.Skip(1)).Count(pair => Math.Abs(pair.Second - pair.First) <= 1);
        return steps > key.Length / 2 ? "its characters follow one another." : null;
    }

    private static bool IsRepeated(string key, int period)
    {
        for (var i = period; i < key.Length; i++)
        {
            if (key[i] != key[i - period])
                return false;
        }

        return true;
    }
}
