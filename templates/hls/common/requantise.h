// The one rounding rule: half to even, then saturation.
#pragma once

#include "common/types.h"

namespace r2b {

/// Stands for shifts that differ between channels.
constexpr int VARYING = -1000;

/// Return a channel's shift: a constant, which costs nothing, where all channels share it.
template <int COMMON, typename Shift> inline int shift_of(const Shift& own) {
#pragma HLS INLINE
    return COMMON == VARYING ? static_cast<int>(own) : COMMON;
}

/// Return round_half_even(value * 2**-shift); BITS hold the result and 2**(shift - 1).
template <int BITS> inline Signed<BITS> round_shift(const Signed<BITS>& value, int shift) {
#pragma HLS INLINE
    if (shift <= 0) return Signed<BITS>(value << -shift);
    const Signed<BITS> one = 1;
    const Signed<BITS> half = one << (shift - 1);
    const Signed<BITS> odd = (value >> shift) & one;
    return Signed<BITS>((value + half - one + odd) >> shift);
}

/// Return value limited to [LO, HI], which fit Value.
template <typename Value, std::int64_t LO, std::int64_t HI, int BITS> inline Value saturate(const Signed<BITS>& value) {
#pragma HLS INLINE
    if (value < LO) return Value(LO);
    if (value > HI) return Value(HI);
    return Value(value);
}

/// Return value where it is not negative, on a grid 2**-SLOPE_EXPONENT finer; slope * value otherwise (ReLU, PReLU).
template <int RESULT, int SLOPE_EXPONENT, int BITS, typename Slope>
inline Signed<RESULT> activate(const Signed<BITS>& value, const Slope& slope) {
#pragma HLS INLINE
    if (value >= 0) return Signed<RESULT>(Signed<RESULT>(value) << SLOPE_EXPONENT);
    return Signed<RESULT>(value * slope);
}

}  // namespace r2b
