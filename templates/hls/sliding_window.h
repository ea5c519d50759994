// Sliding window: turns a map into a stream of kernel windows, all taps of one output pixel in a word.
//
// Two nests coupled by a memory cannot share it under DATAFLOW, so one loop does both: Raster reads the map, Windows
// emits, PROLOGUE iterations behind it. The rows that a frame's last windows still need from the padding are those in
// which the next frame's first rows are read already; taps are masked by their position, so frames do not mix.
#pragma once

#include "common/delay_line.h"
#include "common/word.h"

#include <hls_stream.h>

namespace r2b {

/// Raster, Windows: row, column, fold. PADDING_VALUE fills taps on the padding; they are invalid where Y has valid bits.
template <
    typename Raster, typename Windows, typename X, typename Y, int HEIGHT, int WIDTH, int KERNEL_HEIGHT,
    int KERNEL_WIDTH, int PADDING_ROWS, std::uint64_t PROLOGUE, std::int64_t PADDING_VALUE>
void sliding_window(hls::stream<typename X::Word>& x, hls::stream<typename Y::Word>& y, unsigned frames) {
    constexpr int PIECE = X::WORD_BITS;
    constexpr int LINES = KERNEL_HEIGHT > 1 ? KERNEL_HEIGHT - 1 : 1;
    Raster raster;
    Windows windows;
    DelayLine<typename X::Word, WIDTH * Raster::FOLD> lines[LINES];
#pragma HLS ARRAY_PARTITION variable=lines type=complete dim=1
    DelayLine<ap_uint<Y::DATA_BITS>, Raster::FOLD> history;
    typename X::Word filler = 0;
filler_channels:
    for (int channel = 0; channel < X::CHANNELS; ++channel) {
#pragma HLS UNROLL
        X::set(filler, channel, PADDING_VALUE);
    }
    typedef LoopCounter<Raster::ITERATIONS + PROLOGUE> Iteration;
    const Iteration reading = loop_iterations<Raster::ITERATIONS>(frames);
    const Iteration iterations = reading + PROLOGUE;
iterations_of_all_frames:
    for (Iteration iteration = 0; iteration < iterations; ++iteration) {
#pragma HLS PIPELINE II=1 style=frp
        typename X::Word column[KERNEL_HEIGHT];
#pragma HLS ARRAY_PARTITION variable=column type=complete dim=1
        column[KERNEL_HEIGHT - 1] = 0;
        if (raster.reads_x() && iteration < reading) column[KERNEL_HEIGHT - 1] = x.read();
    rows:
        for (int row = 0; row < KERNEL_HEIGHT - 1; ++row) column[row] = lines[row].front();
        if (raster.is_inside()) {
        shift_lines:
            for (int row = 0; row < KERNEL_HEIGHT - 1; ++row) lines[row].push(column[row + 1]);
        }

        // A tap's left neighbour takes its place; the newest column enters at the right.
        ap_uint<Y::DATA_BITS> window = history.front();
    shift_window:
        for (int tap = 0; tap < Y::TAPS; ++tap) {
#pragma HLS UNROLL
            const bool newest = tap % KERNEL_WIDTH == KERNEL_WIDTH - 1;
            const int source = newest ? tap : tap + 1;
            const typename X::Word moved = get_piece<PIECE>(window, source * PIECE);
            set_piece<PIECE>(window, tap * PIECE, newest ? column[tap / KERNEL_WIDTH] : moved);
        }
        history.push(window);

        if (iteration >= PROLOGUE) {
            if (windows.writes_y()) {
                typename Y::Word word = 0;
                set_piece<Y::DATA_BITS>(word, 0, window);
            mask_taps:
                for (int tap = 0; tap < Y::TAPS; ++tap) {
#pragma HLS UNROLL
                    const int map_row = static_cast<int>(windows.row) - PADDING_ROWS + tap / KERNEL_WIDTH;
                    const int map_column = static_cast<int>(windows.column) - KERNEL_WIDTH + 1 + tap % KERNEL_WIDTH;
                    const bool inside = map_row >= 0 && map_row < HEIGHT && map_column >= 0 && map_column < WIDTH;
                    if (!inside) set_piece<PIECE>(word, tap * PIECE, filler);
                    if (Y::VALID_BITS) set_piece<1>(word, Y::VALID_BITS ? Y::DATA_BITS + tap : 0, ap_uint<1>(inside));
                }
                y.write(word);
            }
            windows.advance();
        }
        raster.advance();
    }
}

}  // namespace r2b
