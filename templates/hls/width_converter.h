// Width converter: regroups the channels of a pixel into wider or narrower words, one width a multiple of the other.
#pragma once

#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: word, part. One wide word is kept and shifted a narrow word an iteration.
template <typename Nest, typename X, typename Y>
void width_converter(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    constexpr bool WIDENING = X::WORD_BITS <= Y::WORD_BITS;
    constexpr int NARROW = WIDENING ? X::WORD_BITS : Y::WORD_BITS;
    constexpr int WIDE = WIDENING ? Y::WORD_BITS : X::WORD_BITS;
    Nest nest;
    ap_uint<WIDE> kept = 0;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const int part = static_cast<int>(nest.part) * NARROW;
        if (WIDENING) {
            set_piece<NARROW>(kept, part, get_piece<NARROW>(x.read(), 0));
            if (nest.writes_y()) y.write(get_piece<Y::WORD_BITS>(kept, 0));
        } else {
            if (nest.reads_x()) kept = get_piece<WIDE>(x.read(), 0);
            y.write(get_piece<Y::WORD_BITS>(kept, part));
        }
        nest.advance();
    }
}

}  // namespace r2b
