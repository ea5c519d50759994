// Each channel of a word times 2**-SHIFT, rounded half to even, then saturated to [LOW, HIGH]. Rounded values lie in a
// register; saturation follows it, so results stand one cycle after the word.
//
// ROUNDED_BITS hold every rounded value and OUT_BITS, with a zero above these where LOW is not negative. IN_BITS > SHIFT.
module r2b_requantise #(
    parameter int unsigned CHANNELS = 1,
    parameter int unsigned IN_BITS = 8,
    parameter int SHIFT = 0,
    parameter int unsigned ROUNDED_BITS = 8,
    parameter int unsigned OUT_BITS = 8,
    parameter longint LOW = -64'sd128,
    parameter longint HIGH = 64'sd127,
    parameter bit CLIPS_LOW = 1'b1,
    parameter bit CLIPS_HIGH = 1'b1
) (
    input  logic                         clk,
    input  logic [CHANNELS*IN_BITS-1:0]  in,
    output logic [CHANNELS*OUT_BITS-1:0] out
);
    localparam bit WHOLE_SIGNED = LOW == -(64'sd1 << (OUT_BITS - 1)) && HIGH == (64'sd1 << (OUT_BITS - 1)) - 1;
    localparam bit WHOLE_UNSIGNED = LOW == 0 && HIGH == (64'sd1 << OUT_BITS) - 1;
    for (genvar channel = 0; channel < CHANNELS; channel++) begin : g_channel
        logic [IN_BITS-1:0] value;
        logic [ROUNDED_BITS-1:0] rounded;
        logic [OUT_BITS-1:0] low_bits;
        assign value = in[channel*IN_BITS+:IN_BITS];

        if (SHIFT > 0) begin : g_right
            localparam int unsigned KEPT_BITS = IN_BITS - SHIFT;
            logic [ROUNDED_BITS-1:0] kept;
            logic below;
            logic increment;
            r2b_resize #(
                .FROM(KEPT_BITS),
                .TO(ROUNDED_BITS)
            ) resize (
                .in(value[IN_BITS-1:SHIFT]),
                .out(kept)
            );
            if (SHIFT == 1) begin : g_half
                assign below = 1'b0;
            end else begin : g_below_half
                assign below = |value[SHIFT-2:0];
            end
            assign increment = value[SHIFT-1] && (below || value[SHIFT]);
            always_ff @(posedge clk) rounded <= kept + {{ROUNDED_BITS - 1{1'b0}}, increment};
        end else begin : g_left
            logic [ROUNDED_BITS-1:0] resized;
            r2b_resize #(
                .FROM(IN_BITS),
                .TO(ROUNDED_BITS)
            ) resize (
                .in(value),
                .out(resized)
            );
            always_ff @(posedge clk) rounded <= resized << -SHIFT;
        end

        assign low_bits = rounded[OUT_BITS-1:0];
        if (!CLIPS_LOW && !CLIPS_HIGH) begin : g_fits
            wire unused = &{1'b0, rounded};
            assign out[channel*OUT_BITS+:OUT_BITS] = low_bits;
        end else if (WHOLE_SIGNED) begin : g_whole_signed
            logic fits;
            logic is_negative;
            assign is_negative = rounded[ROUNDED_BITS-1];
            assign fits = &rounded[ROUNDED_BITS-1:OUT_BITS-1] || !(|rounded[ROUNDED_BITS-1:OUT_BITS-1]);
            assign out[channel*OUT_BITS+:OUT_BITS] =
                fits ? low_bits : {is_negative, {OUT_BITS - 1{!is_negative}}};
        end else if (WHOLE_UNSIGNED) begin : g_whole_unsigned
            logic above;
            logic is_negative;
            assign is_negative = rounded[ROUNDED_BITS-1];
            assign above = CLIPS_HIGH && |rounded[ROUNDED_BITS-1:OUT_BITS];
            assign out[channel*OUT_BITS+:OUT_BITS] =
                (low_bits | {OUT_BITS{above}}) & ~{OUT_BITS{CLIPS_LOW && is_negative}};
        end else begin : g_range
            localparam bit signed [ROUNDED_BITS-1:0] LOWEST = ROUNDED_BITS'(LOW);
            localparam bit signed [ROUNDED_BITS-1:0] HIGHEST = ROUNDED_BITS'(HIGH);
            logic too_low;
            logic too_high;
            assign too_low = CLIPS_LOW && $signed(rounded) < LOWEST;
            assign too_high = CLIPS_HIGH && $signed(rounded) > HIGHEST;
            assign out[channel*OUT_BITS+:OUT_BITS] =
                too_low ? LOWEST[OUT_BITS-1:0] : too_high ? HIGHEST[OUT_BITS-1:0] : low_bits;
        end
    end
endmodule
