// An integer in more bits, WIDE_BITS >= BITS: sign or zeros above. Wires only.
module r2b_extend #(
    parameter int unsigned BITS = 8,
    parameter bit IS_SIGNED = 1'b1,
    parameter int unsigned WIDE_BITS = 16
) (
    input  logic [BITS-1:0]      value,
    output logic [WIDE_BITS-1:0] wide
);
    if (WIDE_BITS == BITS) begin : g_equal
        assign wide = value;
    end else begin : g_wider
        assign wide = {{(WIDE_BITS - BITS) {IS_SIGNED && value[BITS-1]}}, value};
    end
endmodule
