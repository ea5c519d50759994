// Sliding window: a map in, the windows of a kernel out, all taps of one output pixel in a word. Latency 2.
//
// The fill nest writes rows into MEMORY_ROWS memories in turn. The window nest reads one column of all of them a cycle
// and turns it so that the kernel's top row comes first: map row r lies in memory r modulo MEMORY_ROWS, counted over
// all frames, and counters that wrap follow it. Columns to the left are kept for each channel fold. What the padding
// holds is decided by position alone, so memories and history may hold anything there.
//
//     t      addresses of the column
//     t + 1  its words from the memories, turned
//     t + 2  the column beside those before it, masks of the padding: the window
//
// Where PADDED, taps on the padding are marked (VALID_BITS: a bit a tap above the data) or hold FILLER.
module r2b_sliding_window #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned FOLDS = 1,
    parameter int unsigned MAP_HEIGHT = 4,
    parameter int unsigned MAP_WIDTH = 4,
    parameter int unsigned KERNEL_HEIGHT = 3,
    parameter int unsigned KERNEL_WIDTH = 3,
    parameter int unsigned ROW_STRIDE = 1,
    parameter int unsigned PADDING_ROWS = 1,
    parameter int unsigned MEMORY_ROWS = 3,
    // Memory of the kernel's top row at first, and how far it moves to the next row of windows and to the next frame.
    parameter int unsigned FIRST_TOP = 2,
    parameter int unsigned ROW_STEP = 1,
    parameter int unsigned FRAME_STEP = 1,
    // Last row of windows; first and last column in which a window ends.
    parameter int unsigned LAST_ROW = 3,
    parameter int unsigned FIRST_COLUMN = 1,
    parameter int unsigned LAST_COLUMN = 4,
    parameter int unsigned ROW_BITS = 2,
    parameter int unsigned COLUMN_BITS = 3,
    parameter ROW_STYLE = "distributed",
    parameter HISTORY_STYLE = "distributed",
    parameter bit PADDED = 1'b1,
    parameter bit VALID_BITS = 1'b1,
    parameter bit [WIDTH-1:0] FILLER = '0,
    localparam int unsigned TAPS = KERNEL_HEIGHT * KERNEL_WIDTH,
    localparam int unsigned OUTPUT_BITS = TAPS * WIDTH + (VALID_BITS ? TAPS : 0),
    localparam int unsigned FOLD_BITS = FOLDS > 1 ? $clog2(FOLDS) : 1
) (
    input  logic                   clk,
    input  logic                   rst,
    input  logic                   fill_fire,
    input  logic                   window_fire,
    input  logic                   window_ends_row,
    input  logic                   window_ends_frame,
    input  logic [WIDTH-1:0]       x_data,
    input  logic [ROW_BITS-1:0]    window_row,
    input  logic [COLUMN_BITS-1:0] window_column,
    input  logic [FOLD_BITS-1:0]   window_fold,
    output logic [OUTPUT_BITS-1:0] y_data
);
    localparam int unsigned ROW_WORDS = MAP_WIDTH * FOLDS;
    localparam int unsigned ADDRESS_BITS = ROW_WORDS > 1 ? $clog2(ROW_WORDS) : 1;
    localparam bit [ADDRESS_BITS-1:0] LAST_WORD = ADDRESS_BITS'(ROW_WORDS - 1);

    // t: addresses. On the padding right of the map the read address counts on, to words that are masked.
    logic [ADDRESS_BITS-1:0] fill_address;
    logic [ADDRESS_BITS-1:0] window_address;
    logic [MEMORY_ROWS-1:0]  fill_row;
    logic [MEMORY_ROWS*WIDTH-1:0] words;
    logic                    window_fire_1;
    logic                    window_fire_2;
    always_ff @(posedge clk) begin
        window_fire_1 <= window_fire;
        window_fire_2 <= window_fire_1;
        if (rst) begin
            fill_address <= '0;
            window_address <= '0;
        end else begin
            if (fill_fire) fill_address <= fill_address == LAST_WORD ? '0 : fill_address + 1'b1;
            if (window_fire) window_address <= window_ends_row ? '0 : window_address + 1'b1;
        end
    end
    for (genvar row = 0; row < MEMORY_ROWS; row++) begin : g_memory
        always_ff @(posedge clk) begin
            if (rst) fill_row[row] <= row == 0;
            else if (fill_fire && fill_address == LAST_WORD) fill_row[row] <= fill_row[(row+MEMORY_ROWS-1)%MEMORY_ROWS];
        end
        r2b_memory #(
            .WIDTH(WIDTH),
            .DEPTH(ROW_WORDS),
            .STYLE(ROW_STYLE)
        ) memory (
            .clk,
            .write(fill_fire && fill_row[row]),
            .write_address(fill_address),
            .write_data(x_data),
            .read_address(window_address),
            .read_data(words[row*WIDTH+:WIDTH])
        );
    end

    // t + 1: the column, turned. t + 2: the column beside its history.
    logic [KERNEL_HEIGHT*WIDTH-1:0] column;
    if (MEMORY_ROWS == 1) begin : g_straight
        wire unused = &{1'b0, window_ends_frame};
        for (genvar tap = 0; tap < KERNEL_HEIGHT; tap++) begin : g_row
            always_ff @(posedge clk) column[tap*WIDTH+:WIDTH] <= words;
        end
    end else begin : g_turned
        localparam int unsigned SELECT_BITS = $clog2(MEMORY_ROWS);
        logic [SELECT_BITS-1:0] top;
        logic [SELECT_BITS-1:0] top_next_row;
        logic [SELECT_BITS-1:0] top_next_frame;
        r2b_add_modulo #(.MODULUS(MEMORY_ROWS), .STEP(ROW_STEP)) next_row (.value(top), .result(top_next_row));
        r2b_add_modulo #(.MODULUS(MEMORY_ROWS), .STEP(FRAME_STEP)) next_frame (.value(top), .result(top_next_frame));
        always_ff @(posedge clk) begin
            if (rst) top <= SELECT_BITS'(FIRST_TOP);
            else if (window_fire && window_ends_row) top <= window_ends_frame ? top_next_frame : top_next_row;
        end
        for (genvar tap = 0; tap < KERNEL_HEIGHT; tap++) begin : g_row
            logic [SELECT_BITS-1:0] select;
            logic [SELECT_BITS-1:0] select_next;
            logic [WIDTH-1:0] selected;
            r2b_add_modulo #(.MODULUS(MEMORY_ROWS), .STEP(tap % MEMORY_ROWS)) turn (.value(top), .result(select_next));
            always_comb begin
                selected = words[WIDTH-1:0];
                for (int row = 1; row < MEMORY_ROWS; row++) begin
                    if (select == SELECT_BITS'(row)) selected = words[row*WIDTH+:WIDTH];
                end
            end
            always_ff @(posedge clk) begin
                select <= select_next;
                column[tap*WIDTH+:WIDTH] <= selected;
            end
        end
    end

    logic [TAPS*WIDTH-1:0] taps;
    if (KERNEL_WIDTH == 1) begin : g_column
        wire unused = &{1'b0, window_fold, window_fire_2};
        for (genvar row = 0; row < KERNEL_HEIGHT; row++) begin : g_row
            assign taps[row*WIDTH+:WIDTH] = column[row*WIDTH+:WIDTH];
        end
    end else begin : g_history
        localparam int unsigned KEPT = (KERNEL_WIDTH - 1) * WIDTH;
        logic [KERNEL_HEIGHT*KEPT-1:0] history;
        logic [KERNEL_HEIGHT*KEPT-1:0] history_next;
        for (genvar row = 0; row < KERNEL_HEIGHT; row++) begin : g_row
            localparam int unsigned PLACE = row * KERNEL_WIDTH * WIDTH;
            assign taps[PLACE+:KEPT] = history[row*KEPT+:KEPT];
            assign taps[PLACE+KEPT+:WIDTH] = column[row*WIDTH+:WIDTH];
            assign history_next[row*KEPT+:KEPT] = taps[PLACE+WIDTH+:KEPT];
        end
        logic [FOLD_BITS-1:0] fold_1;
        logic [FOLD_BITS-1:0] fold_2;
        always_ff @(posedge clk) begin
            fold_1 <= window_fold;
            fold_2 <= fold_1;
        end
        r2b_memory #(
            .WIDTH(KERNEL_HEIGHT * KEPT),
            .DEPTH(FOLDS),
            .STYLE(HISTORY_STYLE)
        ) memory (
            .clk,
            .write(window_fire_2),
            .write_address(fold_2),
            .write_data(history_next),
            .read_address(fold_1),
            .read_data(history)
        );
    end

    if (!PADDED) begin : g_unpadded
        wire unused = &{1'b0, window_row, window_column};
        assign y_data = taps;
    end else begin : g_padded
        logic [KERNEL_HEIGHT-1:0] row_inside;
        logic [KERNEL_HEIGHT-1:0] row_inside_1;
        logic [KERNEL_HEIGHT-1:0] row_inside_2;
        logic [KERNEL_WIDTH-1:0] column_inside;
        logic [KERNEL_WIDTH-1:0] column_inside_1;
        logic [KERNEL_WIDTH-1:0] column_inside_2;
        always_ff @(posedge clk) begin
            row_inside_1 <= row_inside;
            row_inside_2 <= row_inside_1;
            column_inside_1 <= column_inside;
            column_inside_2 <= column_inside_1;
        end
        // The map row of a tap is ROW_STRIDE * window_row - PADDING_ROWS + row.
        for (genvar row = 0; row < KERNEL_HEIGHT; row++) begin : g_row
            localparam int unsigned ABOVE = PADDING_ROWS > row ? PADDING_ROWS - row : 0;
            localparam int unsigned FROM = (ABOVE + ROW_STRIDE - 1) / ROW_STRIDE;
            localparam int unsigned ROWS = MAP_HEIGHT + PADDING_ROWS;
            localparam int unsigned STOP = ROWS > row ? (ROWS - row + ROW_STRIDE - 1) / ROW_STRIDE : 0;
            logic from, stop;
            r2b_at_least #(
                .BITS(ROW_BITS),
                .MOST(LAST_ROW),
                .BOUND(FROM)
            ) from_test (
                .value(window_row),
                .result(from)
            );
            r2b_at_least #(
                .BITS(ROW_BITS),
                .MOST(LAST_ROW),
                .BOUND(STOP)
            ) stop_test (
                .value(window_row),
                .result(stop)
            );
            assign row_inside[row] = from && !stop;
        end
        // The map column of a tap is window_column - (KERNEL_WIDTH - 1) + column.
        for (genvar tap = 0; tap < KERNEL_WIDTH; tap++) begin : g_column
            localparam int unsigned FROM = KERNEL_WIDTH - 1 - tap;
            logic from, stop;
            r2b_at_least #(
                .BITS(COLUMN_BITS),
                .LEAST(FIRST_COLUMN),
                .MOST(LAST_COLUMN),
                .BOUND(FROM)
            ) from_test (
                .value(window_column),
                .result(from)
            );
            r2b_at_least #(
                .BITS(COLUMN_BITS),
                .LEAST(FIRST_COLUMN),
                .MOST(LAST_COLUMN),
                .BOUND(FROM + MAP_WIDTH)
            ) stop_test (
                .value(window_column),
                .result(stop)
            );
            assign column_inside[tap] = from && !stop;
        end
        for (genvar row = 0; row < KERNEL_HEIGHT; row++) begin : g_mask_row
            for (genvar tap = 0; tap < KERNEL_WIDTH; tap++) begin : g_tap
                localparam int unsigned PLACE = row * KERNEL_WIDTH + tap;
                logic inside_map;
                assign inside_map = row_inside_2[row] && column_inside_2[tap];
                if (VALID_BITS) begin : g_valid
                    assign y_data[TAPS*WIDTH+PLACE] = inside_map;
                    assign y_data[PLACE*WIDTH+:WIDTH] = taps[PLACE*WIDTH+:WIDTH];
                end else begin : g_constant
                    assign y_data[PLACE*WIDTH+:WIDTH] = inside_map ? taps[PLACE*WIDTH+:WIDTH] : FILLER;
                end
            end
        end
    end
endmodule
