// Spatial scale: every value times a constant of its row, column and channel, or of some of them.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: row, column, fold. Factors: [row][column][fold][channel]; an axis of size 1 is shared by all.
template <typename Nest, typename X, typename Y, typename Factor, int ROWS, int COLUMNS, int FOLDS, int CHANNELS>
void spatial_scale(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Factor (&factors)[ROWS][COLUMNS][FOLDS][CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=factors type=complete dim=4
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        const unsigned row = ROWS == 1 ? 0u : static_cast<unsigned>(nest.row);
        const unsigned column = COLUMNS == 1 ? 0u : static_cast<unsigned>(nest.column);
        const unsigned fold = FOLDS == 1 ? 0u : static_cast<unsigned>(nest.fold);
        typename Y::Word result = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            Y::set(result, channel, X::get(word, channel) * factors[row][column][fold][CHANNELS == 1 ? 0 : channel]);
        }
        y.write(result);
        nest.advance();
    }
}

}  // namespace r2b
