// Made by r2b-hw VERSION (--board pynq-z2).
// Parameters of block.conv (unit conv, xnor_mvu).
//
// Layout: an element a value unless its comment says that rows are packed; indices as in the comments, row-major. The
// checksum is the CRC-32 (as zlib) of all elements, in this order, as 64-bit two's complement little-endian integers; the
// test bench computes it anew before it runs.
#pragma once

#include "common/lanes.h"

namespace parameters {

/// weights: [neuron fold][synapse fold][output channel of a word][lane];
/// 36 bits a row in 1 lane(s) of 36, bit = tap * 4 + input channel of a word.
static const r2b::UnsignedConstant<36> conv_weights[4][3][3][1] =
{
    {
        {
            {0xa1fe108b5ull},
            {0xcd94de3a4ull},
            {0x874dcf14dull}
        },
        {
            {0x72db71d4eull},
            {0x7f65d3dd6ull},
            {0x971b0f20eull}
        },
        {
            {0x1b48d7b3full},
            {0xd9aa812e2ull},
            {0x2a8eedae2ull}
        }
    },
    {
        {
            {0xbb53f80f5ull},
            {0xc6574910full},
            {0x729b02ae9ull}
        },
        {
            {0x6c8ab84feull},
            {0xe87847d68ull},
            {0x7c398ff57ull}
        },
        {
            {0xa32320d37ull},
            {0x39d59c5eaull},
            {0x60e2226acull}
        }
    },
    {
        {
            {0x5cfd91123ull},
            {0x6b1e8c96bull},
            {0x294ed32c5ull}
        },
        {
            {0xb5c2d75d0ull},
            {0x36ec6e8efull},
            {0x3bcb566afull}
        },
        {
            {0xf6d0b9ca0ull},
            {0x897d23ad0ull},
            {0x2110ba83aull}
        }
    },
    {
        {
            {0x4b6418f71ull},
            {0xf9e0e6c04ull},
            {0x98bdb3a24ull}
        },
        {
            {0x0f00e99d9ull},
            {0x48bc6b954ull},
            {0x038c16183ull}
        },
        {
            {0x823d88342ull},
            {0x46efa3403ull},
            {0x532df371eull}
        }
    }
};

static const std::uint32_t conv_checksum = 0x42ed35c5u;

}  // namespace parameters
