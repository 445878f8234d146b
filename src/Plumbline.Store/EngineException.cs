using System.Globalization;
using System.Text.RegularExpressions;

namespace Plumbline.Store;

/// <summary>The engine refused or failed a statement.</summary>
public sealed partial class EngineException : Exception
{
    private const int LongestStatementShown = 2_000;

    internal EngineException(int code, string name, string message, string statement)
        : base(message)
    {
        Code = code;
        Name = name;
        Statement = statement.Length > LongestStatementShown ? statement[..LongestStatementShown] : statement;
    }

    /// <summary>The engine's number of the error, for example 60; 0 when its text had none.</summary>
    public int Code { get; }

    /// <summary>The engine's name of the error, for example <c>UNKNOWN_TABLE</c>; empty when its text had none.</summary>
    public string Name { get; }

    /// <summary>The statement with its placeholders (never the bound values), cut to 2,000 characters.</summary>
    public string Statement { get; }

    internal static EngineException Parse(string text, string statement)
    {
        var codes = CodePattern().Matches(text);
        var code = codes.Count == 0 ? 0 : int.Parse(codes[^1].Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var names = NamePattern().Matches(text);
        // The engine quotes the statement with its values filled in; values of users do not belong into logs and answers.
        var quoted = QuotedStatementPattern().Match(text);
        var message = quoted.Success ? text[..quoted.Index] : text;
        return new EngineException(code, names.Count == 0 ? "" : names[^1].Groups[1].Value, message.Trim(), statement);
    }

    // The engine wraps an error that crossed a thread once per crossing: the innermost code, the last, is the cause.
    [GeneratedRegex(@"Code: (\d{1,6})\. DB::", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodePattern();

    [GeneratedRegex(
        @":? (in scope|while processing|while executing|In query) ",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex QuotedStatementPattern();

    [GeneratedRegex(@"\(([A-Z][A-Z0-9_]{2,})\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}

/// <summary>The engine cannot be had here: no build of it for the platform, or its file is missing. The message says what to do.</summary>
public sealed class EngineUnavailableException : Exception
{
    internal EngineUnavailableException(string message, Exception? inner = null)
        : base(message, inner) { }
}
