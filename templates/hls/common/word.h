// Stream words: flat bit vectors of fields, least significant first.
#pragma once

#include "common/types.h"

namespace r2b {

#if R2B_MACHINE_WORDS

/// Return bits low .. low + count - 1 of word, count from 1 to 64.
template <int WORD> inline std::uint64_t get_bits(const ap_uint<WORD>& word, int low, int count) {
    const int lane = low >> 6;
    const int offset = low & 63;
    std::uint64_t bits = static_cast<std::uint64_t>(word.V.get_pVal(lane)) >> offset;
    if (offset + count > 64) bits |= static_cast<std::uint64_t>(word.V.get_pVal(lane + 1)) << (64 - offset);
    return bits & (~std::uint64_t(0) >> (64 - count));
}

/// Overwrite bits low .. low + count - 1 of word, count from 1 to 64.
template <int WORD> inline void set_bits(ap_uint<WORD>& word, int low, int count, std::uint64_t bits) {
    const int lane = low >> 6;
    const int offset = low & 63;
    const std::uint64_t mask = ~std::uint64_t(0) >> (64 - count);
    bits &= mask;
    const std::uint64_t below = word.V.get_pVal(lane);
    word.V.set_pVal(lane, (below & ~(mask << offset)) | (bits << offset));
    if (offset + count > 64) {
        const std::uint64_t above = word.V.get_pVal(lane + 1);
        word.V.set_pVal(lane + 1, (above & ~(mask >> (64 - offset))) | (bits >> (64 - offset)));
    }
}

#endif

/// Return the PIECE bits of word that begin at bit low.
template <int PIECE, int WORD> inline ap_uint<PIECE> get_piece(const ap_uint<WORD>& word, int low) {
#pragma HLS INLINE
#if R2B_MACHINE_WORDS
    ap_uint<PIECE> piece = 0;
    for (int bit = 0; bit < PIECE; bit += 64) {
        const int count = PIECE - bit < 64 ? PIECE - bit : 64;
        set_bits(piece, bit, count, get_bits(word, low + bit, count));
    }
    return piece;
#else
    return word.range(low + PIECE - 1, low);
#endif
}

/// Overwrite the PIECE bits of word that begin at bit low.
template <int PIECE, int WORD> inline void set_piece(ap_uint<WORD>& word, int low, const ap_uint<PIECE>& piece) {
#pragma HLS INLINE
#if R2B_MACHINE_WORDS
    for (int bit = 0; bit < PIECE; bit += 64) {
        const int count = PIECE - bit < 64 ? PIECE - bit : 64;
        set_bits(word, low + bit, count, get_bits(piece, bit, count));
    }
#else
    word.range(low + PIECE - 1, low) = piece;
#endif
}

/// What a stream carries: for each of TAPS taps CHANNELS integers of BITS bits, two's complement where SIGNED, tap 0
/// channel 0 in the lowest bits; with VALID_BITS one bit a tap above the data, tap 0 lowest.
template <int BITS_, bool SIGNED_, int CHANNELS_, int TAPS_ = 1, bool VALID_BITS_ = false> struct Port {
    static constexpr int BITS = BITS_;
    static constexpr bool SIGNED = SIGNED_;
    static constexpr int CHANNELS = CHANNELS_;
    static constexpr int TAPS = TAPS_;
    static constexpr bool VALID_BITS = VALID_BITS_;
    static constexpr int VALUES = TAPS * CHANNELS;
    static constexpr int DATA_BITS = VALUES * BITS;
    static constexpr int WORD_BITS = DATA_BITS + (VALID_BITS ? TAPS : 0);

    typedef ap_uint<WORD_BITS> Word;
    typedef typename Integer<BITS, SIGNED>::Type Value;

    /// Return integer number index of word.
    static Value get(const Word& word, int index) {
#pragma HLS INLINE
#if R2B_MACHINE_WORDS
        return Value(static_cast<std::int64_t>(get_bits(word, index * BITS, BITS)));
#else
        Value value;
        value.range(BITS - 1, 0) = word.range(index * BITS + BITS - 1, index * BITS);
        return value;
#endif
    }

    /// Overwrite integer number index of word.
    static void set(Word& word, int index, const Value& value) {
#pragma HLS INLINE
#if R2B_MACHINE_WORDS
        set_bits(word, index * BITS, BITS, static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
#else
        word.range(index * BITS + BITS - 1, index * BITS) = value.range(BITS - 1, 0);
#endif
    }

    /// Return whether a tap of word lies on the map (or on padding that has a value).
    static bool is_valid(const Word& word, int tap) {
#pragma HLS INLINE
        if (!VALID_BITS) return true;
#if R2B_MACHINE_WORDS
        return get_bits(word, DATA_BITS + tap, 1) != 0;
#else
        return word[DATA_BITS + tap] == 1;
#endif
    }
};

}  // namespace r2b
