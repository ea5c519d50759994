// Fork: every word to several streams, in lock step.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

template <typename Word> void write_to_all(const Word&) {
#pragma HLS INLINE
}

template <typename Word, typename First, typename... Rest>
void write_to_all(const Word& word, First& first, Rest&... rest) {
#pragma HLS INLINE
    first.write(word);
    write_to_all(word, rest...);
}

/// Nest: word.
template <typename Nest, typename X, typename... Copies>
void fork(unsigned frames, hls::stream<typename X::Word>& x, Copies&... copies) {
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        write_to_all(x.read(), copies...);
    }
}

}  // namespace r2b
