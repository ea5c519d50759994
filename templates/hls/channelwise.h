// Channelwise unit: accumulator x multiplier + bias -> ReLU or PReLU -> requantise.
#pragma once

#include "common/requantise.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Nest: pixel, fold. Tables: [fold][channel]. SUM_BITS hold (x * multiplier << input shift) + bias; RESULT_BITS every
/// value up to the saturation to [LO, HI]. Unless MULTIPLIED, every multiplier is one. INPUT_SHIFT
/// and OUTPUT_SHIFT are those of all channels, or VARYING.
template <
    typename Nest, typename X, typename Y, int SUM_BITS, int RESULT_BITS, int SLOPE_EXPONENT,
    bool MULTIPLIED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT, int OUTPUT_SHIFT, typename Multiplier,
    typename InputShift, typename Bias, typename Slope, typename OutputShift>
void channelwise(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Multiplier (&multipliers)[Nest::FOLD][X::CHANNELS],
    const InputShift (&input_shifts)[Nest::FOLD][X::CHANNELS],
    const Bias (&biases)[Nest::FOLD][X::CHANNELS],
    const Slope (&slopes)[Nest::FOLD][X::CHANNELS],
    const OutputShift (&output_shifts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=multipliers type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=input_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=biases type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=slopes type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=output_shifts type=complete dim=2
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word word = x.read();
        typename Y::Word result = 0;
    channels:
        for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
            const int input_shift = shift_of<INPUT_SHIFT>(input_shifts[nest.fold][channel]);
            const int output_shift = shift_of<OUTPUT_SHIFT>(output_shifts[nest.fold][channel]);
            Signed<SUM_BITS> value(X::get(word, channel));
            if (MULTIPLIED) value = X::get(word, channel) * multipliers[nest.fold][channel];
            const Signed<SUM_BITS> sum = Signed<SUM_BITS>(value << input_shift) + biases[nest.fold][channel];
            const Signed<RESULT_BITS> activated =
                activate<RESULT_BITS, SLOPE_EXPONENT, SUM_BITS>(sum, slopes[nest.fold][channel]);
            const Signed<RESULT_BITS> rounded = round_shift<RESULT_BITS>(activated, output_shift);
            Y::set(result, channel, saturate<typename Y::Value, LO, HI, RESULT_BITS>(rounded));
        }
        y.write(result);
        nest.advance();
    }
}

}  // namespace r2b
