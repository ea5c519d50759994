// Sigmoid between two quantisers: a table over every input integer from LO on.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold.
template <typename Nest, typename X, typename Y, std::int64_t LO, int ENTRIES, typename Entry>
void look_up(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Entry (&table)[ENTRIES],
    unsigned frames) {
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        typename Y::Word result = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const int entry = static_cast<int>(X::get(word, channel) - LO);
            Y::set(result, channel, table[entry]);
        }
        y.write(result);
    }
}

/// The same, its table in LUTs instead of block RAM.
template <typename Nest, typename X, typename Y, std::int64_t LO, int ENTRIES, typename Entry>
void sigmoid_table_in_luts(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Entry (&table)[ENTRIES],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=table type=rom_np impl=lutram
    look_up<Nest, X, Y, LO>(x, y, table, frames);
}

/// The same, its table in memory of the tool's choice.
template <typename Nest, typename X, typename Y, std::int64_t LO, int ENTRIES, typename Entry>
void sigmoid_table(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Entry (&table)[ENTRIES],
    unsigned frames) {
#pragma HLS BIND_STORAGE variable=table type=rom_np
    look_up<Nest, X, Y, LO>(x, y, table, frames);
}

}  // namespace r2b
