// The largest of COUNT unsigned integers, by halves. Combinational.
module r2b_maximum #(
    parameter int unsigned BITS = 8,
    parameter int unsigned COUNT = 3
) (
    input  logic [COUNT*BITS-1:0] values,
    output logic [BITS-1:0]       maximum
);
    if (COUNT == 1) begin : g_one
        assign maximum = values;
    end else begin : g_many
        localparam int unsigned HALF = COUNT / 2;
        logic [BITS-1:0] low;
        logic [BITS-1:0] high;
        r2b_maximum #(
            .BITS(BITS),
            .COUNT(HALF)
        ) low_half (
            .values(values[HALF*BITS-1:0]),
            .maximum(low)
        );
        r2b_maximum #(
            .BITS(BITS),
            .COUNT(COUNT - HALF)
        ) high_half (
            .values(values[COUNT*BITS-1:HALF*BITS]),
            .maximum(high)
        );
        assign maximum = low < high ? high : low;
    end
endmodule
