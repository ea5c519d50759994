// CRC-32 (ISO-HDLC, as zlib) of parameter arrays, for test benches: every element as a 64-bit two's complement
// little-endian integer, in row-major order. A header whose constants were altered no longer agrees with its checksum.
#pragma once

#include "common/types.h"

#include <cstddef>

namespace r2b {

class Checksum {
    std::uint32_t remainder;

    void add_word(std::uint64_t word) {
        for (int bit = 0; bit < 64; ++bit) {
            const std::uint32_t difference = (remainder ^ static_cast<std::uint32_t>(word >> bit)) & 1u;
            remainder = (remainder >> 1) ^ (difference ? 0xEDB88320u : 0u);
        }
    }

public:
    Checksum() : remainder(0xFFFFFFFFu) {}

#if R2B_MACHINE_WORDS
    template <typename Value> void add(const Value& value) { add_word(static_cast<std::uint64_t>(value)); }
#else
    template <int BITS> void add(const ap_int<BITS>& value) { add_word(static_cast<std::uint64_t>(value.to_int64())); }
    template <int BITS> void add(const ap_uint<BITS>& value) { add_word(value.to_uint64()); }
#endif

    template <typename Value, std::size_t COUNT> void add(const Value (&values)[COUNT]) {
        for (std::size_t index = 0; index < COUNT; ++index) add(values[index]);
    }

    std::uint32_t value() const { return remainder ^ 0xFFFFFFFFu; }
};

}  // namespace r2b
