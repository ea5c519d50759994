// (value + STEP) modulo MODULUS, for value and STEP below MODULUS, which is at least 2.
module r2b_add_modulo #(
    parameter int unsigned MODULUS = 3,
    parameter int unsigned STEP = 1,
    localparam int unsigned BITS = $clog2(MODULUS)
) (
    input  logic [BITS-1:0] value,
    output logic [BITS-1:0] result
);
    if (STEP == 0) begin : g_wire
        assign result = value;
    end else begin : g_add
        // Both differences are taken modulo 2**BITS, where they are right.
        assign result = value < BITS'(MODULUS - STEP) ? value + BITS'(STEP) : value - BITS'(MODULUS - STEP);
    end
endmodule
