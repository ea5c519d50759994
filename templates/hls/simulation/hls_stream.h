// A stand-in for the vendor's hls_stream.h in C-simulation: FIFOs that keep every word ever pushed.
//
// Reading an empty stream ends the program with the stream's name. A stream that is destroyed with words left in it is
// noted in simulation_log(), and every word pushed is appended to TRACE_DIRECTORY/<name>.bin when a trace directory is
// set: each word as little-endian 64-bit lanes, lowest bits first.
//
// FIFOs are unbounded and cannot deadlock, unless the program is built with R2B_DATAFLOW and runs all units at once.
#pragma once

#define R2B_STREAM_STUB 1

#ifndef AP_INT_MAX_W
#define AP_INT_MAX_W 4096
#endif
#include <ap_int.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#ifdef R2B_DATAFLOW
#include "dataflow.h"
#endif

namespace hls {

/// Exit status of a program whose streams are read while empty or left with words inside.
constexpr int STREAM_FAILURE = 4;

struct SimulationLog {
    std::string trace_directory;
    std::vector<std::string> problems;
};

inline SimulationLog& simulation_log() {
    static SimulationLog log;
    return log;
}

/// How a word is kept: as 64-bit lanes. Specialised for every type that is streamed.
template <typename Word> struct Lanes;

template <int BITS> struct Lanes<ap_uint<BITS>> {
    static constexpr int COUNT = (BITS + 63) / 64;

    static void store(const ap_uint<BITS>& word, std::uint64_t* lanes) {
        for (int lane = 0; lane < COUNT; ++lane) lanes[lane] = static_cast<std::uint64_t>(word.V.get_pVal(lane));
    }

    static void load(ap_uint<BITS>& word, const std::uint64_t* lanes) {
        word = 0;
        for (int lane = 0; lane < COUNT; ++lane) word.V.set_pVal(lane, lanes[lane]);
    }
};

/// What does not depend on the type of the words.
class StreamMemory {
    std::string name;
    std::size_t lanes_per_word;
    std::size_t position;
    std::vector<std::uint64_t> lanes;

public:
    StreamMemory(const char* stream_name, std::size_t lanes_a_word)
        : name(stream_name), lanes_per_word(lanes_a_word), position(0) {}
    StreamMemory(const StreamMemory&) = delete;
    StreamMemory& operator=(const StreamMemory&) = delete;

    ~StreamMemory() {
        SimulationLog& log = simulation_log();
        if (size() != 0) log.problems.push_back("stream " + name + ": " + std::to_string(size()) + " words left over");
        if (log.trace_directory.empty()) return;
        const std::string path = log.trace_directory + "/" + name + ".bin";
        std::FILE* file = std::fopen(path.c_str(), "ab");
        const bool written =
            file != nullptr && std::fwrite(lanes.data(), sizeof(lanes[0]), lanes.size(), file) == lanes.size();
        if (file == nullptr || std::fclose(file) != 0 || !written) log.problems.push_back(path + ": cannot be written");
    }

    std::uint64_t* push() {
        lanes.resize(lanes.size() + lanes_per_word);
        return lanes.data() + lanes.size() - lanes_per_word;
    }

    const std::uint64_t* pop() {
        if (position == lanes.size()) {
            std::fprintf(stderr, "stream %s: read while empty\n", name.c_str());
            std::exit(STREAM_FAILURE);
        }
        const std::uint64_t* word = lanes.data() + position;
        position += lanes_per_word;
        return word;
    }

    std::size_t size() const { return (lanes.size() - position) / lanes_per_word; }
};

template <typename Word> class stream {
    StreamMemory memory;
#ifdef R2B_DATAFLOW
    Fifo fifo;
#endif

public:
#ifdef R2B_DATAFLOW
    explicit stream(const char* name, std::size_t depth = 0) : memory(name, Lanes<Word>::COUNT), fifo(name, depth) {}
#else
    explicit stream(const char* name) : memory(name, Lanes<Word>::COUNT) {}
#endif

    void write(const Word& word) {
#ifdef R2B_DATAFLOW
        const std::unique_lock<std::mutex> turn = fifo.begin_write();
#endif
        Lanes<Word>::store(word, memory.push());
    }

    Word read() {
        Word word;
#ifdef R2B_DATAFLOW
        const std::unique_lock<std::mutex> turn = fifo.begin_read();
#endif
        Lanes<Word>::load(word, memory.pop());
        return word;
    }

    bool empty() const { return memory.size() == 0; }
    std::size_t size() const { return memory.size(); }
};

}  // namespace hls
