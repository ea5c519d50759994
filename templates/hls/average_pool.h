// Average pool with equal kernel and stride: sums of disjoint tiles; the division is part of the exponent.
#pragma once

#include "common/delay_line.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: row, column, fold. A tile's row is summed in one delay line, its rows in another one, a map row of tiles long.
template <typename Nest, typename X, typename Y, int TILES_A_ROW>
void average_pool(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    Nest nest;
    DelayLine<typename Y::Word, Nest::FOLD> row_sums;
    DelayLine<typename Y::Word, TILES_A_ROW * Nest::FOLD> tile_sums;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        const typename Y::Word row_before = row_sums.front();
        const typename Y::Word tile_before = tile_sums.front();
        typename Y::Word row_after = 0;
        typename Y::Word tile_after = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const typename Y::Value zero = 0;
            const typename Y::Value row_sum = nest.begins_tile_row() ? zero : Y::get(row_before, channel);
            const typename Y::Value tile_sum = nest.begins_tile() ? zero : Y::get(tile_before, channel);
            const typename Y::Value sum = row_sum + X::get(word, channel);
            Y::set(row_after, channel, sum);
            Y::set(tile_after, channel, tile_sum + sum);
        }
        row_sums.push(row_after);
        if (nest.ends_tile_row()) tile_sums.push(tile_after);
        if (nest.writes_y()) y.write(tile_after);
        nest.advance();
    }
}

}  // namespace r2b
