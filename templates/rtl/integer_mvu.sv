// Integer matrix-vector unit: PE sums of products of TAPS * SIMD inputs, over SYNAPSE_FOLDS iterations. Latency 5: two
// cycles for the words, which are kept for the further passes where NEURON_FOLDS > 1, one for the products, two for
// the adders of an iteration and the accumulator.
//
// Word of weights: PE rows of TAPS * SIMD. Taps whose valid bit is zero add nothing.
module r2b_integer_mvu #(
    parameter int unsigned TAPS = 1,
    parameter int unsigned SIMD = 1,
    parameter int unsigned PE = 1,
    parameter bit VALID_BITS = 1'b0,
    parameter int unsigned SYNAPSE_FOLDS = 1,
    parameter int unsigned NEURON_FOLDS = 1,
    parameter int unsigned X_BITS = 8,
    parameter bit X_SIGNED = 1'b1,
    parameter int unsigned WEIGHT_BITS = 8,
    parameter bit WEIGHT_SIGNED = 1'b1,
    parameter bit IN_DSP = 1'b0,
    parameter int unsigned SUM_BITS = 16,
    parameter STYLE = "distributed",
    parameter BUFFER_STYLE = "distributed",
    parameter WEIGHTS_FILE = "",
    localparam int unsigned SYNAPSES = TAPS * SIMD,
    localparam int unsigned DATA_BITS = SYNAPSES * X_BITS,
    localparam int unsigned FOLD_BITS = SYNAPSE_FOLDS > 1 ? $clog2(SYNAPSE_FOLDS) : 1
) (
    input  logic                                        clk,
    input  logic                                        rst,
    input  logic                                        main_fire,
    input  logic [FOLD_BITS-1:0]                        main_synapse,
    input  logic                                        main_loads,
    input  logic                                        main_begins_sum,
    input  logic [DATA_BITS+(VALID_BITS ? TAPS : 0)-1:0] x_data,
    output logic [PE*SUM_BITS-1:0]                      y_data
);
    localparam int unsigned PRODUCT_BITS = X_BITS + WEIGHT_BITS;
    localparam bit PRODUCT_SIGNED = X_SIGNED || WEIGHT_SIGNED;
    logic [DATA_BITS-1:0] fresh;
    for (genvar tap = 0; tap < TAPS; tap++) begin : g_tap
        localparam int unsigned TAP_BITS = SIMD * X_BITS;
        if (VALID_BITS) begin : g_masked
            assign fresh[tap*TAP_BITS+:TAP_BITS] = x_data[tap*TAP_BITS+:TAP_BITS] & {TAP_BITS{x_data[DATA_BITS+tap]}};
        end else begin : g_always
            assign fresh[tap*TAP_BITS+:TAP_BITS] = x_data[tap*TAP_BITS+:TAP_BITS];
        end
    end

    logic [DATA_BITS-1:0] word;
    r2b_replay #(
        .WIDTH(DATA_BITS),
        .DEPTH(SYNAPSE_FOLDS),
        .REPLAYED(NEURON_FOLDS > 1),
        .STYLE(BUFFER_STYLE)
    ) replay (
        .clk,
        .load(main_fire && main_loads),
        .address(main_synapse),
        .in(fresh),
        .out(word)
    );
    logic weights_due;
    r2b_delay #(.LATENCY(1)) weights_delay (.clk, .rst, .in(main_fire), .out(weights_due));
    logic [PE*SYNAPSES*WEIGHT_BITS-1:0] weights;
    r2b_constants #(
        .WIDTH(PE * SYNAPSES * WEIGHT_BITS),
        .DEPTH(NEURON_FOLDS * SYNAPSE_FOLDS),
        .FILE(WEIGHTS_FILE),
        .STYLE(STYLE)
    ) constants (
        .clk,
        .rst,
        .advance(weights_due),
        .data(weights)
    );
    logic sum_due;
    logic begins;
    r2b_delay #(.LATENCY(3)) sum_delay (.clk, .rst, .in(weights_due), .out(sum_due));
    r2b_delay #(.LATENCY(4)) begins_delay (.clk, .rst, .in(main_begins_sum), .out(begins));

    for (genvar row = 0; row < PE; row++) begin : g_row
        logic [SYNAPSES*PRODUCT_BITS-1:0] products;
        for (genvar synapse = 0; synapse < SYNAPSES; synapse++) begin : g_synapse
            r2b_product #(
                .A_BITS(X_BITS),
                .A_SIGNED(X_SIGNED),
                .B_BITS(WEIGHT_BITS),
                .B_SIGNED(WEIGHT_SIGNED),
                .IN_DSP(IN_DSP)
            ) multiplication (
                .clk,
                .a(word[synapse*X_BITS+:X_BITS]),
                .b(weights[(row*SYNAPSES+synapse)*WEIGHT_BITS+:WEIGHT_BITS]),
                .product(products[synapse*PRODUCT_BITS+:PRODUCT_BITS])
            );
        end
        logic [SUM_BITS-1:0] sum;
        r2b_adder_tree #(
            .COUNT(SYNAPSES),
            .BITS(PRODUCT_BITS),
            .IS_SIGNED(PRODUCT_SIGNED),
            .SUM_BITS(SUM_BITS)
        ) adders (
            .clk,
            .in(products),
            .sum
        );
        logic [SUM_BITS-1:0] total;
        if (SYNAPSE_FOLDS == 1) begin : g_one_fold
            always_ff @(posedge clk) total <= sum;
        end else begin : g_folds
            always_ff @(posedge clk) if (sum_due) total <= sum + (begins ? '0 : total);
        end
        assign y_data[row*SUM_BITS+:SUM_BITS] = total;
    end
    if (SYNAPSE_FOLDS == 1) begin : g_nothing_to_add
        wire unused = &{1'b0, sum_due, begins};
    end
endmodule
