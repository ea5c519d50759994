// The sum of COUNT integers, SUM_BITS wide, by halves. Combinational.
module r2b_sum #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned COUNT = 3,
    parameter int unsigned SUM_BITS = BITS + $clog2(COUNT)
) (
    input  logic [COUNT*BITS-1:0] values,
    output logic [SUM_BITS-1:0]   sum
);
    if (COUNT == 1) begin : g_one
        r2b_extend #(
            .BITS(BITS),
            .IS_SIGNED(IS_SIGNED),
            .WIDE_BITS(SUM_BITS)
        ) extend (
            .value(values),
            .wide(sum)
        );
    end else begin : g_many
        localparam int unsigned LOW = COUNT / 2;
        localparam int unsigned HIGH = COUNT - LOW;
        localparam int unsigned LOW_BITS = BITS + $clog2(LOW);
        localparam int unsigned HIGH_BITS = BITS + $clog2(HIGH);
        logic [LOW_BITS-1:0] low;
        logic [HIGH_BITS-1:0] high;
        logic [SUM_BITS-1:0] low_wide;
        logic [SUM_BITS-1:0] high_wide;
        r2b_sum #(
            .BITS(BITS),
            .IS_SIGNED(IS_SIGNED),
            .COUNT(LOW),
            .SUM_BITS(LOW_BITS)
        ) low_half (
            .values(values[LOW*BITS-1:0]),
            .sum(low)
        );
        r2b_sum #(
            .BITS(BITS),
            .IS_SIGNED(IS_SIGNED),
            .COUNT(HIGH),
            .SUM_BITS(HIGH_BITS)
        ) high_half (
            .values(values[COUNT*BITS-1:LOW*BITS]),
            .sum(high)
        );
        r2b_extend #(
            .BITS(LOW_BITS),
            .IS_SIGNED(IS_SIGNED),
            .WIDE_BITS(SUM_BITS)
        ) extend_low (
            .value(low),
            .wide(low_wide)
        );
        r2b_extend #(
            .BITS(HIGH_BITS),
            .IS_SIGNED(IS_SIGNED),
            .WIDE_BITS(SUM_BITS)
        ) extend_high (
            .value(high),
            .wide(high_wide)
        );
        assign sum = low_wide + high_wide;
    end
endmodule
