using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Plumbline.Architecture.Tests;

/// <summary>Every kind of log message has a number of its own, by which it is found and filtered; each project has a thousand.</summary>
public sealed class LogEventTests
{
    private static readonly (string Project, int First)[] Ranges =
    [
        ("Plumbline.Store", 1000),
        ("Plumbline.Registry", 2000),
        ("Plumbline.Ingestion", 3000),
        ("Plumbline.Monitoring", 4000),
        ("Plumbline.Alerting", 5000),
        ("Plumbline.Review", 8000),
        ("Plumbline.Dashboard", 6000),
        ("plumbline", 7000),
        ("Plumbline.Exposition", 9000),
    ];

    [Fact]
    public void Numbers_of_log_messages_are_unique_and_of_their_project()
    {
        var messages = (
            from range in Ranges
            from type in Assembly.Load(range.Project).GetTypes()
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            select (range.First, message.EventId, Name: $"{type.FullName}.{method.Name}")
        ).ToList();
        Assert.True(messages.Count > 50, $"Only {messages.Count} messages were found.");
        Assert.Distinct(messages.Select(message => message.EventId));
        // Who did what has the first numbers, by which it is collected.
        messages.RemoveAll(message => message.EventId is 100 or 101);
        Assert.All(messages, message => Assert.InRange(message.EventId, message.First, message.First + 999));
    }
}
