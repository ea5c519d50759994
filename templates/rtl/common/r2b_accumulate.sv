// A sum and one more value, or the value alone where a sum begins: a LUT a bit on a carry chain. Combinational.
module r2b_accumulate #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned SUM_BITS = 16
) (
    input  logic [BITS-1:0]     value,
    input  logic                begins,
    input  logic [SUM_BITS-1:0] so_far,
    output logic [SUM_BITS-1:0] sum
);
    logic [SUM_BITS-1:0] wide;
    r2b_extend #(
        .BITS(BITS),
        .IS_SIGNED(IS_SIGNED),
        .WIDE_BITS(SUM_BITS)
    ) extend (
        .value,
        .wide
    );
    // Signed, so that synthesis sees the value's own width and lets it, not the choice, drive the carry chain.
    assign sum = $signed(wide) + $signed(begins ? '0 : so_far);
endmodule
