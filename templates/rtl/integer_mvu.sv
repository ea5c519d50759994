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
    parameter BUFFER_STYLE = "distributed",
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
    input  logic [PE*SYNAPSES*WEIGHT_BITS-1:0]          weights,
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

    // Words from the buffer lie in LUTRAM or block RAM: a register before the products.
    logic [DATA_BITS-1:0] kept;
    logic [DATA_BITS-1:0] word;
    if (NEURON_FOLDS == 1) begin : g_one_pass
        wire unused = &{1'b0, main_loads, main_synapse};
        always_ff @(posedge clk) kept <= fresh;
    end else begin : g_passes
        r2b_word_buffer #(
            .WIDTH(DATA_BITS),
            .DEPTH(SYNAPSE_FOLDS),
            .STYLE(BUFFER_STYLE)
        ) buffer (
            .clk,
            .fire(main_fire),
            .takes(main_loads),
            .address(main_synapse),
            .x_data(fresh),
            .data(kept)
        );
    end
    always_ff @(posedge clk) word <= kept;

    // Weights stand at t + 1 for DSP48s, whose own registers then hold them, and at t + 2 for LUTs.
    logic [PE*SYNAPSES*WEIGHT_BITS-1:0] factors;
    if (IN_DSP) begin : g_registered
        always_ff @(posedge clk) factors <= weights;
    end else begin : g_direct
        assign factors = weights;
    end

    logic sum_due;
    logic begins;
    r2b_delay #(.LATENCY(4)) sum_delay (.clk, .rst, .in(main_fire), .out(sum_due));
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
                .b(factors[(row*SYNAPSES+synapse)*WEIGHT_BITS+:WEIGHT_BITS]),
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
            logic [SUM_BITS-1:0] next;
            r2b_accumulate #(
                .BITS(SUM_BITS),
                .SUM_BITS(SUM_BITS)
            ) accumulate (
                .value(sum),
                .begins,
                .so_far(total),
                .sum(next)
            );
            always_ff @(posedge clk) if (sum_due) total <= next;
        end
        assign y_data[row*SUM_BITS+:SUM_BITS] = total;
    end
    if (SYNAPSE_FOLDS == 1) begin : g_nothing_to_add
        wire unused = &{1'b0, sum_due, begins};
    end
endmodule
