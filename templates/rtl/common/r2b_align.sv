// Each channel of a word shifted left, combinational: by SHIFT, which is wiring, and where SHIFT_BITS is not zero by an
// amount a channel besides. The amounts for a word that stands at t are read from FILE by advance at t - 1.
module r2b_align #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned FOLDS = 1,
    parameter STYLE = "distributed",
    parameter int unsigned BITS = 8,
    parameter int unsigned SHIFT = 0,
    parameter int unsigned SHIFT_BITS = 0,
    parameter FILE = ""
) (
    input  logic                     clk,
    input  logic                     rst,
    input  logic                     advance,
    input  logic [CHANNELS*BITS-1:0] in,
    output logic [CHANNELS*BITS-1:0] out
);
    if (SHIFT_BITS == 0) begin : g_common
        wire unused = &{1'b0, clk, rst, advance};
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            assign out[channel*BITS+:BITS] = in[channel*BITS+:BITS] << SHIFT;
        end
    end else begin : g_varying
        logic [CHANNELS*SHIFT_BITS-1:0] amounts;
        r2b_constants #(
            .WIDTH(CHANNELS * SHIFT_BITS),
            .DEPTH(FOLDS),
            .FILE(FILE),
            .STYLE(STYLE)
        ) constants (
            .clk,
            .rst,
            .advance,
            .data(amounts)
        );
        for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
            logic [BITS-1:0] wired;
            assign wired = in[channel*BITS+:BITS] << SHIFT;
            assign out[channel*BITS+:BITS] = wired << amounts[channel*SHIFT_BITS+:SHIFT_BITS];
        end
    end
endmodule
