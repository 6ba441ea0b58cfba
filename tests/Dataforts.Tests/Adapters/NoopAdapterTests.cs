using Dataforts.Blobs.Adapters;
using Xunit.Sdk;

namespace Dataforts.Tests.Adapters;

/// <summary>An adapter that keeps nothing says so in its capabilities, and the suite finds it out where it does not ask.</summary>
public sealed class NoopAdapterTests
{
    [Fact]
    public async Task The_suite_finds_that_it_keeps_nothing()
    {
        Assert.False(new NoopAdapter().Capabilities.HasFlag(AdapterCapabilities.Keeps));
        await using var suite = new Suite();
        await Assert.ThrowsAnyAsync<XunitException>(suite.What_is_stored_is_there_and_comes_back);
        await Assert.ThrowsAsync<DatafortsException>(suite.Blobs_keep_out_of_each_others_way);
        await Assert.ThrowsAnyAsync<XunitException>(suite.An_empty_blob_is_a_blob);
    }

    [Fact]
    public async Task What_does_not_ask_for_content_back_it_does_like_every_other()
    {
        await using var suite = new Suite();
        await suite.What_is_not_there_is_not_found_and_asking_leaves_nothing();
        await suite.A_producer_that_fails_is_told_and_leaves_nothing();
        await suite.A_stream_is_read_no_further_than_one_byte_past_its_claim();
        await suite.A_store_that_is_called_off_leaves_all_or_nothing();
        await suite.A_tree_of_which_nothing_else_is_known_is_refused();
        await suite.Durability_is_given_or_refused();
        await suite.Names_are_kept_or_refused();
        await suite.A_list_has_what_is_there_once();
    }

    // Nested, so that the runner does not take it for tests of its own.
    private sealed class Suite : AdapterConformance
    {
        public override ValueTask DisposeAsync() => default;

        protected override IBlobAdapter Make() => new NoopAdapter();

        protected override long Residue() => 0;
    }
}
