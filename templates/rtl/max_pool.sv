// Max pool: the largest valid tap of each window, channel by channel; LOWEST where no tap is valid. Latency 2.
//
//     t + 1  the largest of each row of the kernel
//     t + 2  the largest of those
module r2b_max_pool #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned KERNEL_HEIGHT = 3,
    parameter int unsigned KERNEL_WIDTH = 3,
    parameter bit VALID_BITS = 1'b1,
    parameter bit [BITS-1:0] LOWEST = '0,
    localparam int unsigned TAPS = KERNEL_HEIGHT * KERNEL_WIDTH,
    localparam int unsigned WORD_BITS = TAPS * CHANNELS * BITS + (VALID_BITS ? TAPS : 0)
) (
    input  logic                     clk,
    input  logic                     rst,
    input  logic [WORD_BITS-1:0]     x_data,
    output logic [CHANNELS*BITS-1:0] y_data
);
    wire unused = &{1'b0, rst};
    // Two's complement compares as unsigned with the sign bit turned over.
    localparam bit [BITS-1:0] TURN = IS_SIGNED ? BITS'(1) << (BITS - 1) : '0;
    logic [TAPS-1:0] valid;
    if (VALID_BITS) begin : g_valid
        assign valid = x_data[WORD_BITS-1-:TAPS];
    end else begin : g_all_valid
        assign valid = '1;
    end
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [KERNEL_HEIGHT*BITS-1:0] row_maxima;
        logic [BITS-1:0] largest;
        for (genvar row = 0; row < KERNEL_HEIGHT; row++) begin : g_row
            logic [KERNEL_WIDTH*BITS-1:0] values;
            logic [BITS-1:0] row_largest;
            for (genvar column = 0; column < KERNEL_WIDTH; column++) begin : g_tap
                localparam int unsigned TAP = row * KERNEL_WIDTH + column;
                assign values[column*BITS+:BITS] =
                    (valid[TAP] ? x_data[(TAP*CHANNELS+channel)*BITS+:BITS] : LOWEST) ^ TURN;
            end
            r2b_maximum #(
                .BITS(BITS),
                .COUNT(KERNEL_WIDTH)
            ) row_maximum (
                .values,
                .maximum(row_largest)
            );
            always_ff @(posedge clk) row_maxima[row*BITS+:BITS] <= row_largest;
        end
        r2b_maximum #(
            .BITS(BITS),
            .COUNT(KERNEL_HEIGHT)
        ) window_maximum (
            .values(row_maxima),
            .maximum(largest)
        );
        always_ff @(posedge clk) y_data[channel*BITS+:BITS] <= largest ^ TURN;
    end
endmodule
