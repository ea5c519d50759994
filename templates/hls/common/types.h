// Integers of a stated width.
//
// In synthesis every number is an ap_int or ap_uint of exactly the width it has in hardware. C-simulation uses machine
// words that wrap at the same width, which compiles and runs many times faster; define R2B_HARDWARE_ARITHMETIC to make
// C-simulation use the synthesised types too.
#pragma once

#ifndef AP_INT_MAX_W
#define AP_INT_MAX_W 4096
#endif
#include <ap_int.h>

#include <cstdint>

#if defined(__SYNTHESIS__) || defined(R2B_HARDWARE_ARITHMETIC)
#define R2B_MACHINE_WORDS 0
#else
#define R2B_MACHINE_WORDS 1
#endif

namespace r2b {

#if R2B_MACHINE_WORDS

/// A two's complement integer of BITS bits (1 to 64) in a machine word; assignment wraps as a register does.
template <int BITS> class Signed {
    std::int64_t value;

public:
    constexpr Signed() : value(0) {}
    constexpr Signed(std::int64_t wide)
        : value(static_cast<std::int64_t>(static_cast<std::uint64_t>(wide) << (64 - BITS)) >> (64 - BITS)) {}
    constexpr operator std::int64_t() const { return value; }
};

/// An unsigned integer of BITS bits (1 to 63) in a machine word; converts to a signed one so that differences are exact.
template <int BITS> class Unsigned {
    std::int64_t value;

public:
    constexpr Unsigned() : value(0) {}
    constexpr Unsigned(std::int64_t wide) : value(wide & ((std::int64_t(1) << BITS) - 1)) {}
    constexpr operator std::int64_t() const { return value; }
};

template <int BITS> using Counter = unsigned;

// Constants are stored as the narrowest machine integers.
template <int BYTES> struct StoredInteger;
template <> struct StoredInteger<1> { typedef std::int8_t Signed; typedef std::uint8_t Unsigned; };
template <> struct StoredInteger<2> { typedef std::int16_t Signed; typedef std::uint16_t Unsigned; };
template <> struct StoredInteger<4> { typedef std::int32_t Signed; typedef std::uint32_t Unsigned; };
template <> struct StoredInteger<8> { typedef std::int64_t Signed; typedef std::uint64_t Unsigned; };

constexpr int stored_bytes(int bits) { return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8; }

template <int BITS> using SignedConstant = typename StoredInteger<stored_bytes(BITS)>::Signed;
template <int BITS> using UnsignedConstant = typename StoredInteger<stored_bytes(BITS)>::Unsigned;

#else

template <int BITS> using Signed = ap_int<BITS>;
template <int BITS> using Unsigned = ap_uint<BITS>;
template <int BITS> using Counter = ap_uint<BITS>;
template <int BITS> using SignedConstant = ap_int<BITS>;
template <int BITS> using UnsignedConstant = ap_uint<BITS>;

#endif

/// The number type of BITS bits, SIGNED or not: Integer<8, true>::Type.
template <int BITS, bool SIGNED> struct Integer { typedef Unsigned<BITS> Type; };
template <int BITS> struct Integer<BITS, true> { typedef Signed<BITS> Type; };

/// Most frames a transfer has; it bounds the width of every loop counter.
constexpr int FRAME_BITS = 16;
constexpr unsigned MAXIMUM_FRAMES = (1u << FRAME_BITS) - 1;

constexpr int bits_to_count(std::uint64_t number) { return number == 0 ? 0 : 1 + bits_to_count(number >> 1); }

/// Counts the iterations of a loop that has at most ITERATIONS a frame.
#if R2B_MACHINE_WORDS
template <std::uint64_t ITERATIONS> using LoopCounter = std::uint64_t;
#else
template <std::uint64_t ITERATIONS> using LoopCounter = ap_uint<FRAME_BITS + bits_to_count(ITERATIONS)>;
#endif

/// Return the number of iterations of a flattened loop: frames times the iterations of one frame, without a DSP.
template <std::uint64_t ITERATIONS> inline LoopCounter<ITERATIONS> loop_iterations(unsigned frames) {
#pragma HLS INLINE
    LoopCounter<ITERATIONS> iterations = frames;
    iterations *= ITERATIONS;
#pragma HLS BIND_OP variable=iterations op=mul impl=fabric
    return iterations;
}

}  // namespace r2b
