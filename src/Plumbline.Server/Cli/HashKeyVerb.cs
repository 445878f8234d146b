using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline.Server.Cli;

/// <summary>`plumbline hash-key`: makes an API key, or hashes one, for <c>access.keys</c> of the configuration file.</summary>
internal static class HashKeyVerb
{
    private const int KeyBytes = 32;

    public static Command Create(Terminal terminal, TextReader input)
    {
        var stdin = new Option<bool>("--stdin") { Description = "Hash the key that is read from standard input instead of making a new one." };
        var command = new VerbCommand("hash-key", "Make a new API key and print it with its SHA-256; only the hash goes into the configuration file.",
        [
            ("A new key", "hash-key"),
            ("The hash of a key that you have", "hash-key --stdin"),
        ]) { stdin };
        command.SetAction(parsed =>
        {
            // Not from a seeded source: a key that can be repeated can be guessed.
            var key = parsed.GetValue(stdin) ? input.ReadLine()?.Trim() ?? "" : "plk_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
            if (key.Length == 0) throw new CommandLineException(ExitCode.Usage, "no key on standard input");
            if (!parsed.GetValue(stdin)) terminal.Output.WriteLine($"key:    {key}");
            terminal.Output.WriteLine($"sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}");
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
