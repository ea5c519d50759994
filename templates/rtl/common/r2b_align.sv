// Each channel of a word shifted left, combinational: by SHIFT, which is wiring, and where SHIFT_BITS is not zero by an
// amount a channel besides.
module r2b_align #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned BITS = 8,
    parameter int unsigned SHIFT = 0,
    parameter int unsigned SHIFT_BITS = 0,
    localparam int unsigned AMOUNT_BITS = SHIFT_BITS == 0 ? 1 : SHIFT_BITS
) (
    input  logic [CHANNELS*AMOUNT_BITS-1:0] amounts,
    input  logic [CHANNELS*BITS-1:0]        in,
    output logic [CHANNELS*BITS-1:0]        out
);
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [BITS-1:0] wired;
        assign wired = in[channel*BITS+:BITS] << SHIFT;
        if (SHIFT_BITS == 0) begin : g_common
            wire unused = &{1'b0, amounts[channel]};
            assign out[channel*BITS+:BITS] = wired;
        end else begin : g_own
            assign out[channel*BITS+:BITS] = wired << amounts[channel*AMOUNT_BITS+:AMOUNT_BITS];
        end
    end
endmodule
