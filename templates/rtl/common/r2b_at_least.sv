// value >= BOUND, for a constant BOUND and a value from LEAST to MOST: where the answer is known nothing is compared.
module r2b_at_least #(
    parameter int unsigned BITS = 4,
    parameter int unsigned LEAST = 0,
    parameter int unsigned MOST = 15,
    parameter int unsigned BOUND = 1
) (
    input  logic [BITS-1:0] value,
    output logic            result
);
    if (BOUND <= LEAST) begin : g_always
        wire unused = &{1'b0, value};
        assign result = 1'b1;
    end else if (BOUND > MOST) begin : g_never
        wire unused = &{1'b0, value};
        assign result = 1'b0;
    end else begin : g_compare
        assign result = value >= BITS'(BOUND);
    end
endmodule
