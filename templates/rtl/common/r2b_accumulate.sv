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
    logic [SUM_BITS-1:0] extended;
    if (SUM_BITS == BITS) begin : g_equal
        assign extended = value;
    end else if (IS_SIGNED) begin : g_signed
        assign extended = {{(SUM_BITS - BITS) {value[BITS-1]}}, value};
    end else begin : g_unsigned
        assign extended = {{(SUM_BITS - BITS) {1'b0}}, value};
    end
    assign sum = extended + (begins ? '0 : so_far);
endmodule
