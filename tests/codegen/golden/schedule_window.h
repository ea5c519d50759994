// Made by r2b-hw VERSION (--board pynq-z2).
// Schedule of block.conv (unit window, sliding_window): counters and guards, one iteration a clock.
#pragma once

#include "common/types.h"

namespace schedule {

/// Nest raster: row < 4, column < 6, fold < 3; 72 iterations a frame.
struct window_raster {
    static constexpr unsigned ITERATIONS = 72;
    static constexpr int ROW = 4;
    static constexpr int COLUMN = 6;
    static constexpr int FOLD = 3;

    r2b::Counter<2> row;
    r2b::Counter<3> column;
    r2b::Counter<2> fold;

    window_raster() : row(0), column(0), fold(0) {}

    bool reads_x() const { return column < 5; }
    bool is_inside() const { return column < 5; }

    void advance() {
#pragma HLS INLINE
        if (fold != 2) {
            ++fold;
        } else {
            fold = 0;
            if (column != 5) {
                ++column;
            } else {
                column = 0;
                if (row != 3) {
                    ++row;
                } else {
                    row = 0;
                }
            }
        }
    }
};

/// Nest windows: row < 4, column < 6, fold < 3; 72 iterations a frame.
struct window_windows {
    static constexpr unsigned ITERATIONS = 72;
    static constexpr int ROW = 4;
    static constexpr int COLUMN = 6;
    static constexpr int FOLD = 3;

    r2b::Counter<2> row;
    r2b::Counter<3> column;
    r2b::Counter<2> fold;

    window_windows() : row(0), column(0), fold(0) {}

    bool writes_y() const { return column >= 1; }

    void advance() {
#pragma HLS INLINE
        if (fold != 2) {
            ++fold;
        } else {
            fold = 0;
            if (column != 5) {
                ++column;
            } else {
                column = 0;
                if (row != 3) {
                    ++row;
                } else {
                    row = 0;
                }
            }
        }
    }
};

}  // namespace schedule
