using Plumbline.Registry.Integrity;

namespace Plumbline.Server.Tests.Integrity;

/// <summary>What a start may find after a crash is taken; what only a backup can bring is not.</summary>
public sealed class PartsComparisonTests
{
    [Fact]
    public void A_crash_at_any_point_of_raising_the_generation_leaves_parts_that_fit()
    {
        foreach (var confirmed in (long[])[0, 1, 7])
        {
            // In the order in which a start writes: first the next generation in each, then its confirmation in each.
            var before = confirmed == 0 ? null : new PartIdentity("a", confirmed, confirmed);
            var begun = new PartIdentity("a", confirmed + 1, confirmed);
            var ended = begun with { Confirmed = confirmed + 1 };
            for (var written = 0; written <= 6; written++)
            {
                PartIdentity? Of(int place) =>
                    written > place + 3 ? ended
                    : written > place ? begun
                    : before;
                PartFacts[] parts = [new(Part.Engine, true, Of(0)), new(Part.Spool, true, Of(1)), new(Part.State, true, Of(2))];
                Assert.Empty(PartsComparison.Compare(parts));
            }
        }
    }

    [Theory]
    [InlineData(Part.State)]
    [InlineData(Part.Spool)]
    [InlineData(Part.Engine)]
    public void A_part_behind_a_confirmed_generation_is_older_even_by_one(Part older)
    {
        var parts = Enum.GetValues<Part>()
            .Select(part => new PartFacts(part, true, new PartIdentity("a", part == older ? 4 : 5, part == older ? 4 : 5), true, 3))
            .ToList();
        var problem = Assert.Single(PartsComparison.Compare(parts));
        Assert.Equal((older, PartTrouble.Older), (problem.Part, problem.Trouble));
    }

    [Fact]
    public void State_that_knows_fewer_models_than_hold_data_is_older_within_one_generation()
    {
        var parts = Enum.GetValues<Part>()
            .Select(part => new PartFacts(part, true, new PartIdentity("a", 5, 5), true, part == Part.State ? 2 : 3))
            .ToList();
        Assert.Equal(PartTrouble.Older, Assert.Single(PartsComparison.Compare(parts)).Trouble);
    }

    [Fact]
    public void A_foreign_part_with_more_starts_behind_it_is_the_foreign_one()
    {
        PartFacts[] parts =
        [
            new(Part.State, true, new PartIdentity("b", 90, 90)),
            new(Part.Spool, true, new PartIdentity("a", 5, 5)),
            new(Part.Engine, true, new PartIdentity("a", 5, 5)),
        ];
        var problem = Assert.Single(PartsComparison.Compare(parts));
        Assert.Equal((Part.State, PartTrouble.Foreign), (problem.Part, problem.Trouble));
    }

    [Fact]
    public void A_folder_of_an_earlier_version_is_taken_when_its_parts_fit()
    {
        Assert.Empty(
            PartsComparison.Compare([
                new(Part.State, true, null, true, 2),
                new(Part.Spool, true, null, true, 2),
                new(Part.Engine, true, null, true, 2),
            ])
        );
        Assert.Empty(PartsComparison.Compare([new(Part.State, false), new(Part.Spool, false), new(Part.Engine, false)]));

        Assert.Equal(
            Part.State,
            Assert
                .Single(
                    PartsComparison.Compare([
                        new(Part.State, false),
                        new(Part.Spool, true, null, true, 2),
                        new(Part.Engine, true, null, true, 2),
                    ])
                )
                .Part
        );
        Assert.Equal(
            Part.Spool,
            Assert
                .Single(
                    PartsComparison.Compare([
                        new(Part.State, true, null, true, 2),
                        new(Part.Spool, false),
                        new(Part.Engine, true, null, true, 2),
                    ])
                )
                .Part
        );
        Assert.Equal(
            Part.Engine,
            Assert
                .Single(
                    PartsComparison.Compare([
                        new(Part.State, true, null, true, 2),
                        new(Part.Spool, true, null, true, 2),
                        new(Part.Engine, true),
                    ])
                )
                .Part
        );
        Assert.Equal(
            PartTrouble.Older,
            Assert
                .Single(
                    PartsComparison.Compare([
                        new(Part.State, true, null, true, 1),
                        new(Part.Spool, true, null, true, 2),
                        new(Part.Engine, true, null, true, 2),
                    ])
                )
                .Trouble
        );
    }
}
