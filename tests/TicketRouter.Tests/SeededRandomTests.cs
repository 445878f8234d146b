namespace TicketRouter.Tests;

public class SeededRandomTests
{
    [Fact]
    public void The_same_seed_purpose_and_position_give_the_same_stream()
    {
        var (a, b) = (new SeededRandom(7, 1, 2), new SeededRandom(7, 1, 2));
        for (var i = 0; i < 100; i++)
            Assert.Equal(a.Next(), b.Next());
    }

    [Theory]
    [InlineData(8, 1, 2)]
    [InlineData(7, 2, 2)]
    [InlineData(7, 1, 3)]
    [InlineData(7, 2, 1)]
    public void Another_seed_purpose_or_position_gives_another_stream(long seed, long purpose, long position) =>
        Assert.NotEqual(new SeededRandom(7, 1, 2).Next(), new SeededRandom(seed, purpose, position).Next());

    [Fact]
    public void Streams_do_not_depend_on_the_runtime()
    {
        // Pinned: a change of these numbers changes every demonstration.
        var random = new SeededRandom(1);
        double[] first = [random.Next(), random.Next(), random.Next()];
        Assert.Equal(Pinned, first);
    }

    [Fact]
    public void Draws_follow_their_laws()
    {
        var random = new SeededRandom(3);
        const int N = 200_000;
        double sum = 0,
            squares = 0,
            poisson = 0,
            poissonBig = 0;
        var heavy = 0;
        for (var i = 0; i < N; i++)
        {
            var z = random.Normal();
            sum += z;
            squares += z * z;
            poisson += random.Poisson(2.5);
            poissonBig += random.Poisson(240);
            if (random.Weighted([1, 3, 0]) == 1)
                heavy++;
        }

        Assert.InRange(sum / N, -0.01, 0.01);
        Assert.InRange(squares / N, 0.98, 1.02);
        Assert.InRange(poisson / N, 2.47, 2.53);
        Assert.InRange(poissonBig / N, 239.7, 240.3);
        Assert.InRange(heavy / (double)N, 0.74, 0.76);
    }

    private static readonly double[] Pinned = [0.0054988012734030756, 0.62562606830578438, 0.34596805686368137];
}
