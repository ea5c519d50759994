// Rescale unit, the end of a half-block: sum x multiplier + bias -> x gate -> PReLU -> + skip -> requantise; each but
// the last may be absent.
#pragma once

#include "common/delay_line.h"
#include "common/requantise.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Stands for the port of an absent gate or skip.
typedef Port<1, false, 1> Absent;

/// One word. SUM_BITS hold sum x multiplier + bias, PRODUCT_BITS that x gate; RESULT_BITS every value up to the
/// saturation to [LO, HI]. Unless MULTIPLIED, every multiplier is one; unless BIASED, every bias is zero. The shifts
/// are those of all channels, or VARYING.
template <
    typename X, typename G, typename S, typename Y, int SUM_BITS, int PRODUCT_BITS, int RESULT_BITS,
    int SLOPE_EXPONENT, bool MULTIPLIED, bool BIASED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT,
    int ACTIVATED_SHIFT, int SKIP_SHIFT, int OUTPUT_SHIFT, bool GATED, bool SKIPPED, typename Multiplier,
    typename InputShift, typename Bias, typename Slope, typename Shift, typename SkipShift, typename OutputShift>
typename Y::Word rescale_word(
    const typename X::Word& sums,
    const typename G::Word& gates,
    const typename S::Word& skips,
    const Multiplier (&multipliers)[X::CHANNELS],
    const InputShift (&input_shifts)[X::CHANNELS],
    const Bias (&biases)[X::CHANNELS],
    const Slope (&slopes)[X::CHANNELS],
    const Shift (&activated_shifts)[X::CHANNELS],
    const SkipShift (&skip_shifts)[X::CHANNELS],
    const OutputShift (&output_shifts)[X::CHANNELS]) {
#pragma HLS INLINE
    typename Y::Word result = 0;
channels:
    for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
        Signed<SUM_BITS> sum(X::get(sums, channel));
        if (MULTIPLIED) sum = X::get(sums, channel) * multipliers[channel];
        if (BIASED) {
            const int input_shift = shift_of<INPUT_SHIFT>(input_shifts[channel]);
            sum = Signed<SUM_BITS>(sum << input_shift) + biases[channel];
        }
        Signed<PRODUCT_BITS> product(sum);
        if (GATED) product = sum * G::get(gates, channel);
        const int activated_shift = shift_of<ACTIVATED_SHIFT>(activated_shifts[channel]);
        const int output_shift = shift_of<OUTPUT_SHIFT>(output_shifts[channel]);
        Signed<RESULT_BITS> value = activate<RESULT_BITS, SLOPE_EXPONENT, PRODUCT_BITS>(product, slopes[channel]);
        value = value << activated_shift;
        if (SKIPPED) {
            const int skip_shift = shift_of<SKIP_SHIFT>(skip_shifts[channel]);
            const Signed<RESULT_BITS> skip(S::get(skips, channel));
            value = value + Signed<RESULT_BITS>(skip << skip_shift);
        }
        const Signed<RESULT_BITS> rounded = round_shift<RESULT_BITS>(value, output_shift);
        Y::set(result, channel, saturate<typename Y::Value, LO, HI, RESULT_BITS>(rounded));
    }
    return result;
}

/// Nest: pixel, fold. Tables: [fold][channel]. Without gate and skip.
template <
    typename Nest, typename X, typename Y, int SUM_BITS, int PRODUCT_BITS, int RESULT_BITS, int SLOPE_EXPONENT,
    bool MULTIPLIED, bool BIASED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT, int ACTIVATED_SHIFT,
    int SKIP_SHIFT, int OUTPUT_SHIFT, typename Multiplier, typename InputShift, typename Bias, typename Slope,
    typename Shift, typename SkipShift, typename OutputShift>
void rescale(
    hls::stream<typename X::Word>& x,
    hls::stream<typename Y::Word>& y,
    const Multiplier (&multipliers)[Nest::FOLD][X::CHANNELS],
    const InputShift (&input_shifts)[Nest::FOLD][X::CHANNELS],
    const Bias (&biases)[Nest::FOLD][X::CHANNELS],
    const Slope (&slopes)[Nest::FOLD][X::CHANNELS],
    const Shift (&activated_shifts)[Nest::FOLD][X::CHANNELS],
    const SkipShift (&skip_shifts)[Nest::FOLD][X::CHANNELS],
    const OutputShift (&output_shifts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=multipliers type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=input_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=biases type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=slopes type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=activated_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=skip_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=output_shifts type=complete dim=2
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word sums = x.read();
        y.write(rescale_word<
                X, Absent, Absent, Y, SUM_BITS, PRODUCT_BITS, RESULT_BITS, SLOPE_EXPONENT, MULTIPLIED, BIASED, LO, HI,
                INPUT_SHIFT, ACTIVATED_SHIFT, SKIP_SHIFT, OUTPUT_SHIFT, false, false>(
            sums, Absent::Word(0), Absent::Word(0), multipliers[nest.fold], input_shifts[nest.fold], biases[nest.fold],
            slopes[nest.fold], activated_shifts[nest.fold], skip_shifts[nest.fold], output_shifts[nest.fold]));
        nest.advance();
    }
}

/// With a skip.
template <
    typename Nest, typename X, typename S, typename Y, int SUM_BITS, int PRODUCT_BITS, int RESULT_BITS,
    int SLOPE_EXPONENT, bool MULTIPLIED, bool BIASED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT,
    int ACTIVATED_SHIFT, int SKIP_SHIFT, int OUTPUT_SHIFT, typename Multiplier, typename InputShift, typename Bias,
    typename Slope, typename Shift, typename SkipShift, typename OutputShift>
void rescale_skipped(
    hls::stream<typename X::Word>& x,
    hls::stream<typename S::Word>& s,
    hls::stream<typename Y::Word>& y,
    const Multiplier (&multipliers)[Nest::FOLD][X::CHANNELS],
    const InputShift (&input_shifts)[Nest::FOLD][X::CHANNELS],
    const Bias (&biases)[Nest::FOLD][X::CHANNELS],
    const Slope (&slopes)[Nest::FOLD][X::CHANNELS],
    const Shift (&activated_shifts)[Nest::FOLD][X::CHANNELS],
    const SkipShift (&skip_shifts)[Nest::FOLD][X::CHANNELS],
    const OutputShift (&output_shifts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=multipliers type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=input_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=biases type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=slopes type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=activated_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=skip_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=output_shifts type=complete dim=2
    Nest nest;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        const typename X::Word sums = x.read();
        const typename S::Word skips = s.read();
        y.write(rescale_word<
                X, Absent, S, Y, SUM_BITS, PRODUCT_BITS, RESULT_BITS, SLOPE_EXPONENT, MULTIPLIED, BIASED, LO, HI,
                INPUT_SHIFT, ACTIVATED_SHIFT, SKIP_SHIFT, OUTPUT_SHIFT, false, true>(
            sums, Absent::Word(0), skips, multipliers[nest.fold], input_shifts[nest.fold], biases[nest.fold],
            slopes[nest.fold], activated_shifts[nest.fold], skip_shifts[nest.fold], output_shifts[nest.fold]));
        nest.advance();
    }
}

/// With a gate.
template <
    typename Nest, typename X, typename G, typename Y, int SUM_BITS, int PRODUCT_BITS, int RESULT_BITS,
    int SLOPE_EXPONENT, bool MULTIPLIED, bool BIASED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT,
    int ACTIVATED_SHIFT, int SKIP_SHIFT, int OUTPUT_SHIFT, typename Multiplier, typename InputShift, typename Bias,
    typename Slope, typename Shift, typename SkipShift, typename OutputShift>
void rescale_gated(
    hls::stream<typename X::Word>& x,
    hls::stream<typename G::Word>& g,
    hls::stream<typename Y::Word>& y,
    const Multiplier (&multipliers)[Nest::FOLD][X::CHANNELS],
    const InputShift (&input_shifts)[Nest::FOLD][X::CHANNELS],
    const Bias (&biases)[Nest::FOLD][X::CHANNELS],
    const Slope (&slopes)[Nest::FOLD][X::CHANNELS],
    const Shift (&activated_shifts)[Nest::FOLD][X::CHANNELS],
    const SkipShift (&skip_shifts)[Nest::FOLD][X::CHANNELS],
    const OutputShift (&output_shifts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=multipliers type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=input_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=biases type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=slopes type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=activated_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=skip_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=output_shifts type=complete dim=2
    Nest nest;
    DelayLine<typename G::Word, Nest::FOLD> gates;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename G::Word gate = gates.front();
        if (nest.reads_g()) gate = g.read();
        gates.push(gate);
        const typename X::Word sums = x.read();
        y.write(rescale_word<
                X, G, Absent, Y, SUM_BITS, PRODUCT_BITS, RESULT_BITS, SLOPE_EXPONENT, MULTIPLIED, BIASED, LO, HI,
                INPUT_SHIFT, ACTIVATED_SHIFT, SKIP_SHIFT, OUTPUT_SHIFT, true, false>(
            sums, gate, Absent::Word(0), multipliers[nest.fold], input_shifts[nest.fold], biases[nest.fold],
            slopes[nest.fold], activated_shifts[nest.fold], skip_shifts[nest.fold], output_shifts[nest.fold]));
        nest.advance();
    }
}

/// With gate and skip.
template <
    typename Nest, typename X, typename G, typename S, typename Y, int SUM_BITS, int PRODUCT_BITS, int RESULT_BITS,
    int SLOPE_EXPONENT, bool MULTIPLIED, bool BIASED, std::int64_t LO, std::int64_t HI, int INPUT_SHIFT,
    int ACTIVATED_SHIFT, int SKIP_SHIFT, int OUTPUT_SHIFT, typename Multiplier, typename InputShift, typename Bias,
    typename Slope, typename Shift, typename SkipShift, typename OutputShift>
void rescale_gated_skipped(
    hls::stream<typename X::Word>& x,
    hls::stream<typename G::Word>& g,
    hls::stream<typename S::Word>& s,
    hls::stream<typename Y::Word>& y,
    const Multiplier (&multipliers)[Nest::FOLD][X::CHANNELS],
    const InputShift (&input_shifts)[Nest::FOLD][X::CHANNELS],
    const Bias (&biases)[Nest::FOLD][X::CHANNELS],
    const Slope (&slopes)[Nest::FOLD][X::CHANNELS],
    const Shift (&activated_shifts)[Nest::FOLD][X::CHANNELS],
    const SkipShift (&skip_shifts)[Nest::FOLD][X::CHANNELS],
    const OutputShift (&output_shifts)[Nest::FOLD][X::CHANNELS],
    unsigned frames) {
#pragma HLS ARRAY_RESHAPE variable=multipliers type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=input_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=biases type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=slopes type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=activated_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=skip_shifts type=complete dim=2
#pragma HLS ARRAY_RESHAPE variable=output_shifts type=complete dim=2
    Nest nest;
    DelayLine<typename G::Word, Nest::FOLD> gates;
    const LoopCounter<Nest::ITERATIONS> iterations = loop_iterations<Nest::ITERATIONS>(frames);
iterations_of_all_frames:
    for (LoopCounter<Nest::ITERATIONS> iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename G::Word gate = gates.front();
        if (nest.reads_g()) gate = g.read();
        gates.push(gate);
        const typename X::Word sums = x.read();
        const typename S::Word skips = s.read();
        y.write(rescale_word<
                X, G, S, Y, SUM_BITS, PRODUCT_BITS, RESULT_BITS, SLOPE_EXPONENT, MULTIPLIED, BIASED, LO, HI,
                INPUT_SHIFT, ACTIVATED_SHIFT, SKIP_SHIFT, OUTPUT_SHIFT, true, true>(
            sums, gate, skips, multipliers[nest.fold], input_shifts[nest.fold], biases[nest.fold],
            slopes[nest.fold], activated_shifts[nest.fold], skip_shifts[nest.fold], output_shifts[nest.fold]));
        nest.advance();
    }
}

}  // namespace r2b
