namespace Dataforts.Simulation;

public sealed class ExperimentMetricTests
{
    [Fact]
    public void A_figure_that_reaches_its_limit_passes()
    {
        Assert.True(ExperimentMetric.AtLeast("share", 0.7, 0.7).Passed);
        Assert.False(ExperimentMetric.AtLeast("share", 0.69, 0.7).Passed);
        Assert.True(ExperimentMetric.AtMost("ratio", 0.28, 0.28).Passed);
        Assert.False(ExperimentMetric.AtMost("ratio", 0.29, 0.28).Passed);
        Assert.False(ExperimentMetric.AtLeast("share", double.NaN, 0).Passed);
    }
}
